#pragma once
// Estimates by an alpha-beta filter in Q.128, and the sums that are extrapolated from them. Source:
// docs/protocol/fvm.md §8.6.
#include <strata/ipld/cbor.hpp>
#include <strata/types/basic.hpp>

namespace strata::actors {

inline constexpr unsigned kPrecision = 128;

struct FilterEstimate {
    BigInt position;  // Q.128
    BigInt velocity;  // Q.128, per epoch
    STRATA_CBOR_TUPLE(position, velocity);

    static FilterEstimate of(const BigInt& position, const BigInt& velocity) {
        return {position << kPrecision, velocity << kPrecision};
    }
    BigInt estimate() const { return position >> kPrecision; }
};

/// Returns the next estimate, after `observation` (an integer) was observed `epochs` later, where epochs > 0.
FilterEstimate next_estimate(const FilterEstimate& previous, const BigInt& observation, ChainEpoch epochs);

/// Returns the sum of num / den over `delta` epochs from `start`, in Q.128.
BigInt extrapolated_cum_sum_of_ratio(ChainEpoch delta, ChainEpoch start, const FilterEstimate& num,
                                     const FilterEstimate& den);

}  // namespace strata::actors
