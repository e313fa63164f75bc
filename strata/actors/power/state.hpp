#pragma once
// State, parameters and returns of the storage power actor. Source: docs/protocol/fvm.md §8.7.
#include <strata/actors/math/smoothing.hpp>
#include <strata/actors/policy.hpp>
#include <strata/ipld/amt.hpp>
#include <strata/ipld/hamt.hpp>

namespace strata::actors::power {

inline constexpr MethodNumber kCreateMiner = 2;
inline constexpr MethodNumber kUpdateClaimedPower = 3;
inline constexpr MethodNumber kEnrollCronEvent = 4;
inline constexpr MethodNumber kOnEpochTickEnd = 5;
inline constexpr MethodNumber kUpdatePledgeTotal = 6;
inline constexpr MethodNumber kCurrentTotalPower = 9;

/// While fewer miners than this have minimum power, all miners count (actors/power/src/policy.rs).
inline constexpr std::int64_t kConsensusMinerMinMiners = 4;

struct Claim {
    RegisteredPoStProof window_post_proof{};
    StoragePower raw_byte_power;
    StoragePower quality_adj_power;
    STRATA_CBOR_TUPLE(window_post_proof, raw_byte_power, quality_adj_power);
};

struct CronEvent {
    Address miner;
    Bytes payload;
    STRATA_CBOR_TUPLE(miner, payload);
};

using Claims = HamtMap<Address, Claim>;
inline constexpr unsigned kCronQueueHamtWidth = 6;
inline constexpr unsigned kCronQueueAmtWidth = 6;
/// Maps an epoch (zig-zag encoded) to the root of an AMT of events.
using CronQueue = HamtMap<ChainEpoch, Cid>;

struct State {
    StoragePower total_raw_byte_power;
    StoragePower total_bytes_committed;
    StoragePower total_quality_adj_power;
    StoragePower total_qa_bytes_committed;
    TokenAmount total_pledge_collateral;
    StoragePower this_epoch_raw_byte_power;
    StoragePower this_epoch_quality_adj_power;
    TokenAmount this_epoch_pledge_collateral;
    FilterEstimate this_epoch_qa_power_smoothed;
    std::int64_t miner_count = 0;
    std::int64_t miner_above_min_power_count = 0;
    std::int64_t ramp_start_epoch = 0;
    std::uint64_t ramp_duration_epochs = 0;
    Cid cron_event_queue;
    ChainEpoch first_cron_epoch = 0;
    Cid claims;
    std::optional<Cid> proof_validation_batch;  // unused since FIP-0084
    STRATA_CBOR_TUPLE(total_raw_byte_power, total_bytes_committed, total_quality_adj_power, total_qa_bytes_committed,
                      total_pledge_collateral, this_epoch_raw_byte_power, this_epoch_quality_adj_power,
                      this_epoch_pledge_collateral, this_epoch_qa_power_smoothed, miner_count,
                      miner_above_min_power_count, ramp_start_epoch, ramp_duration_epochs, cron_event_queue,
                      first_cron_epoch, claims, proof_validation_batch);

    struct Power {
        StoragePower raw;
        StoragePower quality_adjusted;
    };
    /// Returns the power that counts for consensus. While too few miners have the minimum power, that is all committed
    /// power.
    Power current_total() const;
    /// Returns true if a miner with this claim counts for consensus.
    bool meets_consensus_minimum(const Policy& policy, const Claim& claim) const;
};

struct CreateMinerParams {
    Address owner;
    Address worker;
    RegisteredPoStProof window_post_proof{};
    Bytes peer;
    std::vector<Bytes> multiaddrs;
    STRATA_CBOR_TUPLE(owner, worker, window_post_proof, peer, multiaddrs);
};
struct CreateMinerReturn {
    Address id_address;
    Address robust_address;
    STRATA_CBOR_TUPLE(id_address, robust_address);
};
struct UpdateClaimedPowerParams {
    StoragePower raw_byte_delta;
    StoragePower quality_adjusted_delta;
    STRATA_CBOR_TUPLE(raw_byte_delta, quality_adjusted_delta);
};
struct EnrollCronEventParams {
    ChainEpoch event_epoch = 0;
    Bytes payload;
    STRATA_CBOR_TUPLE(event_epoch, payload);
};
struct CurrentTotalPowerReturn {
    StoragePower raw_byte_power;
    StoragePower quality_adj_power;
    TokenAmount pledge_collateral;
    FilterEstimate quality_adj_power_smoothed;
    std::int64_t ramp_start_epoch = 0;
    std::uint64_t ramp_duration_epochs = 0;
    STRATA_CBOR_TUPLE(raw_byte_power, quality_adj_power, pledge_collateral, quality_adj_power_smoothed,
                      ramp_start_epoch, ramp_duration_epochs);
};
struct MinerRawPowerReturn {
    StoragePower raw_byte_power;
    bool meets_consensus_minimum = false;
    STRATA_CBOR_TUPLE(raw_byte_power, meets_consensus_minimum);
};
struct MinerPowerReturn {
    StoragePower raw_byte_power;
    StoragePower quality_adj_power;
    STRATA_CBOR_TUPLE(raw_byte_power, quality_adj_power);
};
/// The parameters of a miner's constructor, which the power actor sends through init.
struct MinerConstructorParams {
    Address owner;
    Address worker;
    std::vector<Address> control_addresses;
    RegisteredPoStProof window_post_proof{};
    Bytes peer_id;
    std::vector<Bytes> multi_addresses;
    STRATA_CBOR_TUPLE(owner, worker, control_addresses, window_post_proof, peer_id, multi_addresses);
};
/// The parameters that the power actor sends to a miner whose cron event is due.
struct DeferredCronEventParams {
    Bytes event_payload;
    FilterEstimate reward_smoothed;
    FilterEstimate quality_adj_power_smoothed;
    STRATA_CBOR_TUPLE(event_payload, reward_smoothed, quality_adj_power_smoothed);
};

}  // namespace strata::actors::power
