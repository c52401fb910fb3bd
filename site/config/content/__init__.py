"""What the site starts with: facts from the city's public sources, in the project's own words."""
