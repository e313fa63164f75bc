#pragma once
// FRC-0089: an upper bound for the probability that a tipset leaves the chain, from the numbers of blocks that the
// epochs up to now have. It is an estimate for clients, with floating-point numbers: consensus uses integers only and
// never asks this. Pure functions; any thread. Source: FIPs FRCs/frc-0089.md (CC0);
// github.com/consensus-shipyard/ec-finality-calculator; parameters as in lotus chain/ecfinality/calculator.go.
#include <optional>
#include <span>
#include <vector>

#include <strata/types/basic.hpp>

namespace strata::api {

struct EcFinalityModel {
    double blocks_per_epoch = 5.0;     // expected
    double byzantine_fraction = 0.3;   // of the power, at most
    double guarantee = 0x1p-30;        // the probability below which a tipset counts as finalized
    std::size_t lookback = 900;        // epochs in which the adversary may have started
    std::size_t least_depth = 3;       // of the search
    std::size_t greatest_depth = 450;  // of the search
};

/// Returns the bound for the tipset `depth` epochs below the newest one, between 0 and 1. `blocks` has the number of
/// blocks of each epoch, the oldest first, 0 for null rounds. 1 if the depth is 0 or not in `blocks`.
double reorganization_probability(std::span<const std::size_t> blocks, std::size_t depth,
                                  const EcFinalityModel& model = {});

/// Returns the smallest depth at which the bound is below the guarantee; empty if there is none in the range of the
/// search, as on a chain with few blocks. `blocks` as above, normally of the last `lookback` + 5 epochs.
std::optional<std::size_t> finality_depth(std::span<const std::size_t> blocks, const EcFinalityModel& model = {});

}  // namespace strata::api
