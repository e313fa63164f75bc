#pragma once
// Helpers for all of the miner's state. Damaged state aborts a message with illegal_state.
#include <limits>
#include <set>
#include <utility>

#include <strata/actors/runtime.hpp>
#include <strata/ipld/amt.hpp>
#include <strata/ipld/bitfield.hpp>

namespace strata::actors::miner {

template <class T>
ActorResult<T> checked(Runtime& rt, Result<T> result) {
    return rt.check(std::move(result), ExitCode::illegal_state, "miner state");
}

/// Opens an array of any width.
template <class V>
ActorResult<AmtArray<V>> load_array(Runtime& rt, const Cid& root) {
    return checked(rt, AmtArray<V>::load(rt.store(), root, /*bit_width=*/0));
}

/// Converts an epoch to an index of an array.
inline ActorResult<std::uint64_t> index_of(ChainEpoch epoch) {
    if (epoch < 0) return illegal_state("a queue has epoch " + std::to_string(epoch) + ", expected 0 or more");
    return static_cast<std::uint64_t>(epoch);
}

/// Checks that a bit field can hold a number: all but 2^64 - 1, at which builtin-actors panics.
inline Done check_bit(std::uint64_t position) {
    if (position != std::numeric_limits<std::uint64_t>::max()) return {};
    return abort(ExitCode::assertion_failed, "sector number " + std::to_string(position) +
                                                 " does not fit into a bit field, expected at most " +
                                                 std::to_string(std::numeric_limits<std::uint64_t>::max() - 1));
}

/// Messages of refusals that several methods share.
inline std::string no_such_deadline(std::uint64_t index) {
    return "deadline " + std::to_string(index) + " does not exist; deadlines are 0 to 47";
}
inline std::string deadline_is_near(std::uint64_t index) {
    return "deadline " + std::to_string(index) + " is open or opens next, so its sectors cannot change now";
}
inline std::string no_such_partition(std::uint64_t index) {
    return "the deadline has no partition " + std::to_string(index);
}
inline std::string no_such_sector(std::uint64_t number) {
    return "the miner has no sector " + std::to_string(number);
}
inline std::string sector_number_too_large(std::uint64_t number) {
    return "sector number " + std::to_string(number) + " is too large, expected at most 9223372036854775807";
}
inline std::string sector_named_twice(std::uint64_t number) {
    return "sector " + std::to_string(number) + " is named twice";
}
inline std::string sector_not_in_partition(std::uint64_t number, std::uint64_t partition) {
    return "sector " + std::to_string(number) + " is not in partition " + std::to_string(partition);
}

/// Lists types of proofs by their numbers, such as "8, 9".
template <class Type>
std::string type_numbers(const std::set<Type>& types) {
    std::string out;
    for (const auto type : types) out += (out.empty() ? "" : ", ") + std::to_string(std::to_underlying(type));
    return out;
}

/// Calls visit(position) -> Done for each position of the field, in ascending order.
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
