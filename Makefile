# Every target is one line for ./run, which also works without make.
.DEFAULT_GOAL := help
.PHONY: help demo test check fix lock messages openapi secrets bench chaos mutation

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

demo: ## serve the demo story at http://127.0.0.1:8000/ (PORT=8001 for another port)
	@./run demo

test: ## run the tests (ARGS="cases -k steps" for some of them)
	@./run test $(ARGS)

check: ## everything CI checks; needs DATABASE_URL, REDIS_URL and chromium
	@./run check

mutation: ## put small faults into the rooms of access, and see a test notice each (half an hour)
	@./run mutation

chaos: ## kill real servers while reminders leave, and count every mail (SIZE=short for a minute of it)
	@./run chaos $(or $(SIZE),long)

bench: ## measure lists and checks (SIZE=10k, 100k or 1m; needs DATABASE_URL)
	@./run bench $(or $(SIZE),100k)

fix: ## format code and templates
	@./run fix

lock: ## write requirements*.txt anew (needs uv; ARGS=--upgrade for newer versions)
	@./run lock $(ARGS)

messages: ## bring the catalogues in line with the sources, then list what is missing
	@./run manage messages update
	@./run manage messages check

openapi: ## write pestzorg/api/openapi.yaml anew
	@./run manage openapi

secrets: ## create the secret files for docker compose
	@./run secrets
