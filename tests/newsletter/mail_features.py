"""Which features of HTML and CSS a mail uses, by the names of caniemail.com. What has no name raises KeyError."""

import re

from lxml import html as lxml_html

PLAIN = ""
"""Understood by every mail program since there is HTML in mail; caniemail has no page about it."""

ELEMENTS = {
    **dict.fromkeys(("html", "head", "title", "br", "a", "tr", "td", "th", "tbody", "b", "i"), PLAIN),
    **dict.fromkeys(("h1", "h2", "h3"), "html-h1-h6"),
    **{name: f"html-{name}" for name in ("style", "body", "div", "table", "p", "span", "strong", "img", "link", "hr")},
    **{name: f"html-{name}" for name in ("form", "video", "audio", "svg", "picture", "object", "base", "ruby", "rt")},
    **dict.fromkeys(("ul", "ol", "li"), "html-lists"),
    **dict.fromkeys(("article", "section", "header", "footer", "main", "nav", "aside", "figure"), "html-semantics"),
    "input": "html-input-text",
}
ATTRIBUTES = {
    **dict.fromkeys(("charset", "name", "content", "href", "id", "class", "style", "border", "bgcolor"), PLAIN),
    **dict.fromkeys(("src", "alt", "rel", "type", "action", "method"), PLAIN),
    **{name: f"html-{name}" for name in ("lang", "align", "valign", "width", "height", "role", "dir", "target")},
    **{name: f"html-{name}" for name in ("cellpadding", "cellspacing", "srcset", "background", "hidden")},
    **{name: f"html-{name}" for name in ("aria-label", "aria-hidden", "aria-labelledby")},
}
PROPERTIES = {
    **dict.fromkeys(("color", "font-family"), PLAIN),
    **dict.fromkeys(("margin", "margin-top", "margin-right", "margin-bottom", "margin-left"), "css-margin"),
    **dict.fromkeys(("padding", "padding-top", "padding-right", "padding-bottom", "padding-left"), "css-padding"),
    **dict.fromkeys(("border", "border-top", "border-bottom", "border-left", "border-right"), "css-border"),
    "border-color": "css-border",
}
UNITS = {"px", "em", "rem", "vw", "vh", "pt", "ch", "cm", "mm", "%"}
AT_FEATURES = ("prefers-color-scheme", "prefers-reduced-motion", "hover", "orientation")


def used_features(html: str) -> set[str]:
    """Their names, as `css-margin` or `html-table`."""
    tree = lxml_html.document_fromstring(html)
    found = {"html-doctype"} if html.lstrip().lower().startswith("<!doctype") else set()
    for element in tree.iter():
        if not isinstance(element.tag, str):
            found.add("html-comments")
            continue
        if element.tag == "meta":
            found |= {"html-meta-color-scheme"} if element.get("name") == "color-scheme" else set()
        else:
            found.add(ELEMENTS[element.tag])
        found |= {ATTRIBUTES[name] for name in element.keys() if element.tag != "meta"}  # noqa: SIM118 an lxml element
        found |= _link_features(element.get("href") or "")
        found |= _declarations(element.get("style") or "")
        if element.tag == "style":
            found |= _sheet(element.text or "")
    return found - {PLAIN}


def _link_features(href: str) -> set[str]:
    if href.startswith("mailto:"):
        return {"html-mailto-links"}
    return {"html-anchor-links"} if href.startswith("#") else set()


def _sheet(css: str) -> set[str]:
    found = set()
    for query in re.findall(r"@([\w-]+)", css):
        found.add(f"css-at-{query}")
    found |= {f"css-at-media-{name}" for name in AT_FEATURES if f"({name}" in css}
    for selector, declarations in re.findall(r"([^{}@;]+)\{([^{}]*)\}", css):
        found |= {"css-selector-class"} if re.search(r"\.\w", selector) else set()
        found |= {"css-selector-grouping"} if "," in selector else set()
        found |= {f"css-pseudo-class-{name}" for name in re.findall(r":([\w-]+)", selector) if name != "root"}
        found |= _declarations(declarations)
    return found


def _declarations(style: str) -> set[str]:
    found = set()
    for name, value in re.findall(r"([\w-]+)\s*:\s*([^;]+)", style):
        found.add(PROPERTIES.get(name, f"css-{name}"))
        if name == "display" and value.strip() in ("none", "flex", "grid"):
            found.add(f"css-display-{value.strip()}")
        found |= {"css-important"} if "!important" in value else set()
        found |= {f"css-unit-{'percent' if unit == '%' else unit}" for unit in re.findall(r"\d(px|[a-z]+|%)", value)
                  if unit in UNITS and name != "font-family" and "#" not in value}  # fmt: skip
        found |= {f"css-function-{name}" for name in re.findall(r"\b(clamp|max|min|light-dark)\(", value)}
        found |= {f"css-{name}" for name in re.findall(r"\b(rgba?|linear-gradient)\(", value)}
    return found
