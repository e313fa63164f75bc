// Measures how long the actors of a state take to get new code, with a cold cache and with one that was filled on a
// state in which 1 % of the actors were different. Items are actors. Blocks are in memory.
#include <benchmark/benchmark.h>

#include <strata/actors/bundle.hpp>
#include <strata/migration/code_swap.hpp>
#include <strata/types/basic.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::migration {
namespace {

constexpr ActorId kActors = 200'000;

struct World {
    MemoryBlockstore blocks;
    Cid earlier, later;
    CodeMap codes;

    World() {
        const auto& from = actors::find_bundle(actors::ActorBundle::mainnet, 17)->manifest;
        const auto& to = actors::find_bundle(actors::ActorBundle::mainnet, 18)->manifest;
        for (const auto& [type, code] : from.codes) codes.emplace(code, to.codes.at(type));
        const Cid code = from.codes.at(vm::ActorType::account);
        const Cid head = Cid::hash_of(Codec::dag_cbor, Bytes{0x80});
        vm::StateTree tree(blocks);
        for (ActorId id = 0; id < kActors; ++id) tree.set(id, {code, head, id, fil(1), {}});
        earlier = tree.flush().value();
        for (ActorId id = 0; id < kActors; id += 100) tree.set(id, {code, head, id + 1, fil(2), {}});
        later = tree.flush().value();
    }
};

void swap_cold(benchmark::State& state) {
    World world;
    for (auto _ : state) {
        NodeCache cache;
        benchmark::DoNotOptimize(swap_codes(world.blocks, world.later, world.codes, cache));
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kActors));
}
BENCHMARK(swap_cold)->Unit(benchmark::kMillisecond);

void swap_warm(benchmark::State& state) {
    World world;
    for (auto _ : state) {
        state.PauseTiming();
        NodeCache cache;
        STRATA_CHECK(swap_codes(world.blocks, world.earlier, world.codes, cache).has_value());
        state.ResumeTiming();
        benchmark::DoNotOptimize(swap_codes(world.blocks, world.later, world.codes, cache));
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kActors));
}
BENCHMARK(swap_warm)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace strata::migration
