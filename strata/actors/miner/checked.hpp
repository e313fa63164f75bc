#pragma once
// What all of the miner's state has in common: broken state ends a message with illegal_state.
#include <limits>

#include <strata/actors/runtime.hpp>
#include <strata/ipld/amt.hpp>
#include <strata/ipld/bitfield.hpp>

namespace strata::actors::miner {

template <class T>
ActorResult<T> checked(Runtime& rt, Result<T> result) {
    return rt.check(std::move(result), ExitCode::illegal_state, "miner state");
}

/// An array of whatever width its root tells.
template <class V>
ActorResult<AmtArray<V>> load_array(Runtime& rt, const Cid& root) {
    return checked(rt, AmtArray<V>::load(rt.store(), root, 0));
}

/// An epoch as an array's index.
inline ActorResult<std::uint64_t> index_of(ChainEpoch epoch) {
    if (epoch < 0) return illegal_state("a negative epoch in a queue");
    return static_cast<std::uint64_t>(epoch);
}

/// Bit fields hold no number above this: builtin-actors panics where one is set.
inline Done check_bit(std::uint64_t position) {
    if (position != std::numeric_limits<std::uint64_t>::max()) return {};
    return abort(ExitCode::assertion_failed, "no bit field holds this number");
}

/// visit(position) -> Done, in ascending order.
template <class F>
Done for_each_bit(const BitField& field, F visit) {
    for (const auto& [begin, end] : field.ranges())
        for (std::uint64_t position = begin; position < end; ++position) STRATA_OK(visit(position));
    return {};
}

template <class V>
Done remove_all(Runtime& rt, AmtArray<V>& array, const std::vector<std::uint64_t>& indices) {
    for (const auto index : indices) STRATA_OK(checked(rt, array.remove(index)));
    return {};
}

}  // namespace strata::actors::miner
