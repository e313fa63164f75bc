// Cron calls its entries at the end of every epoch. Source: docs/protocol/fvm.md §8.4.
#include <strata/actors/cron/state.hpp>
#include <strata/actors/methods.hpp>

namespace strata::actors::cron {
namespace {

Done constructor(Runtime& rt, const State& params) {
    STRATA_OK(rt.require_caller({kSystemId}));
    return rt.set_state(params);
}

Done epoch_tick(Runtime& rt) {
    STRATA_OK(rt.require_caller({kSystemId}));
    STRATA_TRY(const auto state, rt.state<State>());
    // An entry that fails does not stop the others.
    for (const auto& [receiver, number] : state.entries) STRATA_OK(rt.send(receiver, number, std::nullopt, 0));
    return {};
}

constexpr Method kMethods[] = {method<&constructor>(1), method<&epoch_tick>(kEpochTick)};

}  // namespace

std::span<const Method> methods() {
    return kMethods;
}

}  // namespace strata::actors::cron
