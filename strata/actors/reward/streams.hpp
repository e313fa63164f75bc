#pragma once
// The state of the reward actor since version 19 (network version 29), in which the reward of a block is divided among
// streams: the consensus stream pays the block's miner, explicit streams pay recipients by shares, and what no stream
// takes is burnt. Not checked against official code (docs/known_gaps.md).
// Source: FIPS/fip-0118.md §2.4; crate fil_actor_reward_state 27.2.0 src/v19/{state,types}.rs.
#include <strata/actors/reward/state.hpp>
#include <strata/types/basic.hpp>

namespace strata::actors::reward {

using StreamId = std::uint64_t;

/// Weights and shares are fractions of this.
inline constexpr std::uint64_t kDenominator = 1'000'000'000'000'000'000;

// Limits of the state, which bound the work of an award.
inline constexpr std::size_t kMaxStreams = 8;
inline constexpr std::size_t kMaxRecipients = 64;      // of one stream, and wallets of one claim
inline constexpr std::size_t kMaxPayableRows = 128;    // of one live stream
inline constexpr std::size_t kMaxTombstoneRows = 256;  // of all tombstones
inline constexpr std::size_t kMaxPendingWrites = kMaxStreams * 3 + 2;

/// A weight that changes by `slope` with each epoch from `t_start` on, within [floor, cap].
struct WeightRecord {
    std::uint64_t v_start = 0;
    std::int64_t slope = 0;
    ChainEpoch t_start = 0;
    std::uint64_t floor = 0;
    std::uint64_t cap = 0;
    STRATA_CBOR_TUPLE(v_start, slope, t_start, floor, cap);
    friend bool operator==(const WeightRecord&, const WeightRecord&) = default;
};

struct RecipientShare {
    Address recipient;
    std::uint64_t share = 0;
    STRATA_CBOR_TUPLE(recipient, share);
    friend bool operator==(const RecipientShare&, const RecipientShare&) = default;
};

struct RecipientAmount {
    Address recipient;
    TokenAmount amount;
    STRATA_CBOR_TUPLE(recipient, amount);
    friend bool operator==(const RecipientAmount&, const RecipientAmount&) = default;
};

/// A balance for each of several wallets, in ascending order of their IDs and without zeros.
using RecipientTable = std::vector<RecipientAmount>;

/// How an explicit stream pays. A period lasts from one change of the shares to the next.
struct Distribution {
    Address writer;                      // may change the shares
    std::vector<RecipientShare> shares;  // in ascending order of the IDs
    RecipientTable payable;              // earned in earlier periods and not claimed
    RecipientTable claimed_period;       // claimed in this period
    STRATA_CBOR_TUPLE(writer, shares, payable, claimed_period);
    friend bool operator==(const Distribution&, const Distribution&) = default;
    std::uint64_t share_total() const;
};

struct Stream {
    StreamId id = 0;
    WeightRecord weight;
    std::optional<Distribution> distribution;  // empty for the consensus stream
    STRATA_CBOR_TUPLE(id, weight, distribution);
    friend bool operator==(const Stream&, const Stream&) = default;
};

/// Keeps the debts of a removed stream.
struct Tombstone {
    StreamId id = 0;
    RecipientTable payable;
    STRATA_CBOR_TUPLE(id, payable);
    friend bool operator==(const Tombstone&, const Tombstone&) = default;
};

enum class WriteOp : std::uint8_t {
    set_weight_records = 0,
    step_weight_records = 1,
    register_stream = 2,
    remove_stream = 3,
    set_distribution = 4,
};

/// A change of the streams that takes effect at `effective_epoch`.
struct PendingWrite {
    std::optional<StreamId> id;  // empty for changes of several weights
    WriteOp op{};
    Bytes payload;  // CBOR, by `op`
    ChainEpoch effective_epoch = 0;
    STRATA_CBOR_TUPLE(id, op, payload, effective_epoch);
    friend bool operator==(const PendingWrite&, const PendingWrite&) = default;
};

/// The block that State19 links to: all that changes seldom.
struct StreamsState {
    std::vector<Stream> streams;        // in ascending order of the IDs
    std::vector<Tombstone> tombstones;  // in ascending order of the IDs
    std::vector<PendingWrite> pending;  // in ascending order of the epochs
    STRATA_CBOR_TUPLE(streams, tombstones, pending);
    friend bool operator==(const StreamsState&, const StreamsState&) = default;
};

/// Counts the earnings of a stream in its current period, claimed or not.
struct StreamAccrual {
    StreamId id = 0;
    TokenAmount amount;
    STRATA_CBOR_TUPLE(id, amount);
    friend bool operator==(const StreamAccrual&, const StreamAccrual&) = default;
};

/// The state since version 19.
struct State19 : Issuance {
    TokenAmount total_minted_reward;    // what miners, explicit streams and the burn got together
    TokenAmount total_burn_minted;      // minted to be burnt
    TokenAmount total_explicit_minted;  // minted for explicit streams
    ChainEpoch swa_timelock_epochs = 0;
    Address swa_actor;                   // the stream weights actor, a contract
    std::vector<StreamAccrual> accrued;  // one for each explicit stream, in ascending order of the IDs
    Cid streams_root;                    // a StreamsState
    STRATA_CBOR_TUPLE(cumsum_baseline, cumsum_realized, effective_network_time, effective_baseline_power,
                      this_epoch_reward, this_epoch_reward_smoothed, this_epoch_baseline_power, epoch,
                      total_minted_reward, total_burn_minted, total_explicit_minted, swa_timelock_epochs, swa_actor,
                      accrued, streams_root);
};

/// The total that is minted with the network's power, since version 19. Up to version 18 it was in the state; this is
/// mainnet's. Source: the crate's src/v19/logic.rs (BASELINE_TOTAL).
const TokenAmount& baseline_mint_total();

/// Returns the weight at an epoch.
std::uint64_t weight_at(const WeightRecord& record, ChainEpoch epoch);
/// Returns the weights of the streams at an epoch, in their order. Errors: malformed for a record out of order, or if
/// the weights are more than 1 together.
Result<std::vector<std::uint64_t>> weights_at(const std::vector<Stream>& streams, ChainEpoch epoch);
/// Checks each record, and that the weights are at most 1 together at every epoch from `from` on. Errors: malformed.
Status check_schedule(const std::vector<Stream>& streams, ChainEpoch from);
Status check_weight(const WeightRecord& record);

// Parts of check_streams(). Errors: malformed.
/// Checks shares as they are stored: without the burnt funds actor, whose part is what is missing to 1.
Status check_shares(const std::vector<RecipientShare>& shares);
/// Checks how many wallets an explicit stream owes after its period.
Status check_payable_rows(const Stream& stream);
/// Checks the rows of tombstones, with those that pending removals reserve.
Status check_tombstone_rows(const StreamsState& state);

/// Checks the order, the sizes and the amounts of the state; not the weights. Errors: malformed.
Status check_streams(const StreamsState& state, const std::vector<StreamAccrual>& accrued);

}  // namespace strata::actors::reward
