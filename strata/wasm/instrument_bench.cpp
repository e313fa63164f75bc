// Measures the instrumentation of the largest official actor, the storage miner of v18, and the compilation of the whole
// bundle. Bytes are those of the original modules. Needs STRATA_BUNDLES, the folder of the official bundles.
#include <benchmark/benchmark.h>

#include <cstdlib>

#include <strata/ipld/car.hpp>
#include <strata/testing/vectors.hpp>
#include <strata/wasm/bundle.hpp>
#include <strata/wasm/engine.hpp>
#include <strata/wasm/gas_metering.hpp>
#include <strata/wasm/instrument.hpp>
#include <strata/wasm/parser.hpp>
#include <strata/wasm/stack_limiter.hpp>

namespace strata::wasm {
namespace {

// The largest block of the bundle.
Bytes miner() {
    const char* bundles = std::getenv("STRATA_BUNDLES");
    if (bundles == nullptr) return {};
    const auto path = std::filesystem::path(bundles) / "v18/builtin-actors-mainnet.car";
    Bytes out;
    const std::string car = testing::read_file(path);
    const auto header = read_car(as_bytes(car), [&](const Cid&, BytesView block) -> Status {
        if (block.size() > out.size()) out = to_bytes(block);
        return {};
    });
    STRATA_CHECK(header.has_value());
    return out;
}

template <class Work>
void measure(benchmark::State& state, Work&& work) {
    const Bytes module = miner();
    if (module.empty())
        return state.SkipWithError("STRATA_BUNDLES is not set; set it to the folder of the official actor bundles");
    work(module);
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(module.size()));
}

void instrument_miner(benchmark::State& state) {
    measure(state, [&](const Bytes& module) {
        for (auto _ : state) benchmark::DoNotOptimize(instrument(module, Generation::four));
    });
}
BENCHMARK(instrument_miner)->Unit(benchmark::kMillisecond);

void parse_miner(benchmark::State& state) {
    measure(state, [&](const Bytes& module) {
        for (auto _ : state) benchmark::DoNotOptimize(parse(module));
    });
}
BENCHMARK(parse_miner)->Unit(benchmark::kMicrosecond);

void limit_miner(benchmark::State& state) {
    measure(state, [&](const Bytes& module) {
        const auto parsed = parse(module).value();
        for (auto _ : state) benchmark::DoNotOptimize(limit_stack(parsed, Generation::four));
    });
}
BENCHMARK(limit_miner)->Unit(benchmark::kMillisecond);

void meter_miner(benchmark::State& state) {
    measure(state, [&](const Bytes& module) {
        const Bytes limited = instrument_stack(module, Generation::four).value();
        const auto parsed = parse(limited).value();
        for (auto _ : state) benchmark::DoNotOptimize(meter_gas(parsed, Generation::four));
    });
}
BENCHMARK(meter_miner)->Unit(benchmark::kMillisecond);

// Compiles every actor of the bundle, as the first start of a node does.
void compile_bundle(benchmark::State& state) {
    const char* bundles = std::getenv("STRATA_BUNDLES");
    if (bundles == nullptr)
        return state.SkipWithError("STRATA_BUNDLES is not set; set it to the folder of the official actor bundles");
    const auto files = read_bundles(std::filesystem::path(bundles) / "v18/builtin-actors-mainnet.car").value();
    std::size_t bytes = 0;
    for (auto _ : state) {
        const auto engine = Engine::make({}).value();
        for (const auto& [code, module] : files.front().bundle.codes) {
            bytes += module.size();
            const auto compiled = engine->module(code, Generation::four, [&]() -> Result<Bytes> { return module; });
            STRATA_CHECK(compiled && (*compiled)->refusal.empty());
        }
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}
BENCHMARK(compile_bundle)->Unit(benchmark::kSecond)->UseRealTime()->Iterations(1);

}  // namespace
}  // namespace strata::wasm
