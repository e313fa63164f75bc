# Two commands for a person: `make demo` and `make test`. Everything else is CMake (CMakePresets.json).
FILE ?= docs/demo/picture.png
SECTOR ?=
ACTORS ?=
BUNDLE ?=
STRATA = build/release/strata

.PHONY: demo build test deps

demo: build
	$(STRATA) demo --file "$(FILE)" $(if $(SECTOR),--sector $(SECTOR)) \
		$(if $(ACTORS),--actors $(ACTORS)) $(if $(BUNDLE),--bundle "$(BUNDLE)")

build: deps
	@[ -f build/release/build.ninja ] || cmake --preset release
	cmake --build --preset release --target strata_app -j $${STRATA_JOBS:-2}

test: deps
	@[ -f build/release/build.ninja ] || cmake --preset release
	cmake --build --preset release -j $${STRATA_JOBS:-2}
	cd build/release && ctest --output-on-failure -j 2
	@tools/test_summary.py build/release

deps:
	@tools/install_dependencies.sh
