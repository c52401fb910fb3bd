#!/usr/bin/env bash
# Everything about the code that can be checked without running it. Each step says what it is; the first failure ends it.
set -euo pipefail
bin=.venv/bin
step() { printf '%s … ' "$1"; }
ok() { echo ok; }
export DJANGO_SETTINGS_MODULE=config.settings.test

step "format (ruff)"; "$bin/ruff" format --check --quiet . ; ok
step "lint (ruff)"; "$bin/ruff" check --quiet . ; ok
step "floors (import-linter)"; "$bin/lint-imports" --no-cache >/tmp/imports.$$ 2>&1 || { cat /tmp/imports.$$; exit 1; }; rm -f /tmp/imports.$$; ok
step "templates (djhtml)"; "$bin/djhtml" --check --tabwidth 2 templates >/tmp/djhtml.$$ 2>&1 || { tail -20 /tmp/djhtml.$$; exit 1; }; rm -f /tmp/djhtml.$$; ok
step "migrations"; "$bin/python" manage.py makemigrations --check --dry-run >/dev/null || { echo "a model has no migration: run manage.py makemigrations"; exit 1; }; ok
step "translations"; "$bin/python" tests/tools/messages.py check; ok
step "Django's checks"; "$bin/python" manage.py check --fail-level WARNING >/dev/null; ok
step "production settings"
SECRET_KEY=$("$bin/python" -c 'import secrets; print(secrets.token_urlsafe(60))') ALLOWED_HOSTS=centre.example \
    DATABASE_URL=postgres://centre@localhost/centre SITE_URL=https://centre.example EMAIL_URL=smtp://localhost:25 \
    DJANGO_SETTINGS_MODULE=config.settings.production "$bin/python" manage.py check --deploy --fail-level WARNING >/dev/null
ok
