# Photophore: `make run` starts everything, `make test` tests everything; each from a bare checkout.
PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= 4 # processes that test side by side, each on services of its own: much of a test is waiting
# Tools that only import the settings; nothing connects to these.
UNUSED_SERVICES := SECRET_KEY=unused DATABASE_URL=postgres://unused/unused REDIS_URL=redis://unused

.DEFAULT_GOAL := help
.PHONY: help setup run test check lint faults cluster-test backup-test endurance handlers words tour lighthouse bench lock browser

help: ## Show what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: $(BIN)/.runtime ## Make .venv and install the locked requirements

run: $(BIN)/.runtime ## Start everything; http://127.0.0.1:8000 (PORT=… for another port)
	@exec $(BIN)/python manage.py up

test: $(BIN)/.development browser ## Run the whole suite on services that it starts itself
	$(BIN)/python -m pytest -n $(WORKERS)

check: ## What CI runs: lint, types, floors, and the suite beside them
	@$(MAKE) --no-print-directory -j2 lint test

lint: $(BIN)/.development ## Style, types and import floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(UNUSED_SERVICES) $(BIN)/mypy .
	$(BIN)/lint-imports

faults: $(BIN)/.development ## Inject every fault into real processes, and write docs/faults.md
	FAULTS_REPORT=docs/faults.md $(BIN)/python -m pytest tests/faults -m "" -p no:randomly

cluster-test: $(BIN)/.development browser ## Run the site beyond one machine: nginx, RabbitMQ, a replica, a Cluster
	$(BIN)/python -m pytest tests/cluster -m "" -q -p no:randomly

backup-test: $(BIN)/.development ## Back a site up under load, restore it elsewhere, and look whether it is whole
	$(BIN)/python -m pytest tests/project/test_backup_proof.py -m "" -p no:randomly

endurance: $(BIN)/.development ## Send gigabytes, a thousand slow clients and requests without end; ten minutes
	$(BIN)/python -m pytest tests/endurance -m "" -q -p no:randomly --session-timeout=600

handlers: $(BIN)/.development ## Run the authorization matrix and the upload corpus under Django's own handler
	PHOTOPHORE_HANDLER=django $(BIN)/python -m pytest -n $(WORKERS) -q tests/security/test_matrix.py \
	  tests/content/test_corpus.py tests/content/test_corpus_live.py tests/project/test_asgi.py

words: $(BIN)/.development ## Bring the catalogues in locale/ up to date with the words in the sources
	$(BIN)/python -m tests.support.catalogues

tour: $(BIN)/.development browser ## Take a picture of every page, and write docs/tour.md
	TOUR=docs $(BIN)/python -m pytest tests/web/test_tour.py -m "" -p no:randomly

lighthouse: $(BIN)/.development browser ## Ask Lighthouse about the feed, a post and a profile
	$(BIN)/python -m pytest tests/web/test_lighthouse.py -m "" -p no:randomly

bench: $(BIN)/.development ## Measure, into bench/results
	$(BIN)/python -m bench

browser: $(BIN)/.development
	@$(BIN)/python -m tests.support.browser

lock: $(BIN)/.development ## Lock requirements.in and requirements-dev.in anew
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --custom-compile-command "make lock" requirements.in -o requirements.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --custom-compile-command "make lock" requirements-dev.in -o requirements-dev.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --custom-compile-command "make lock" bench/peers/requirements.in -o bench/peers/requirements.txt

$(BIN)/python:
	$(PYTHON) -m venv .venv

$(BIN)/.runtime: $(BIN)/python requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(BIN)/.development: $(BIN)/.runtime requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
