#pragma once
// The methods of the reward actor by which contracts change the streams and recipients claim what they earned, since
// version 19: parameters and returns. Source: FIP-0118 §2.4.9; crate fil_actor_reward_state 27.2.0 src/v19/types.rs.
#include <strata/actors/reward/queued_call.hpp>
#include <strata/actors/runtime.hpp>

namespace strata::actors::reward {

// The numbers are FRC-42 hashes of the methods' names.
inline constexpr MethodNumber kSetWeightRecords = 3362570548;
inline constexpr MethodNumber kStepWeightRecords = 3951753085;
inline constexpr MethodNumber kRegisterStream = 386660827;
inline constexpr MethodNumber kRemoveStream = 1623858416;
inline constexpr MethodNumber kSetDistribution = 3872725033;
inline constexpr MethodNumber kCancelPending = 187585191;
inline constexpr MethodNumber kSetShares = 2414422607;
inline constexpr MethodNumber kReplaceAddress = 3068846150;
inline constexpr MethodNumber kClaim = 4045527845;

struct RegisterStreamParams {
    StreamId id = 0;
    WeightRecord weight;
    std::optional<DistributionInit> distribution;  // empty: the stream pays the makers of blocks
    ChainEpoch activation_epoch = 0;
    STRATA_CBOR_TUPLE(id, weight, distribution, activation_epoch);
};
struct RemoveStreamParams {
    StreamId id = 0;
    STRATA_CBOR_TUPLE(id);
};
struct SetDistributionParams {
    StreamId id = 0;
    Address writer;
    STRATA_CBOR_TUPLE(id, writer);
};
/// Reading refuses numbers that are not a WriteOp.
struct CancelledOp {
    WriteOp op{};
    void to_cbor(CborWriter& w) const { encode(w, op); }
    static Result<CancelledOp> read_cbor(CborReader& r);
};
struct CancelPendingParams {
    std::optional<StreamId> id;
    CancelledOp op;
    STRATA_CBOR_TUPLE(id, op);
};
struct SetSharesParams {
    StreamId id = 0;
    std::vector<RecipientShare> shares;
    STRATA_CBOR_TUPLE(id, shares);
};
struct ReplaceAddressParams {
    StreamId id = 0;
    Address old_address;
    Address new_address;
    STRATA_CBOR_TUPLE(id, old_address, new_address);
};
enum class ReplaceAddressReturn : std::uint8_t { address_replaced = 0, old_address_not_in_ledger = 1 };
struct ClaimParams {
    StreamId id = 0;
    std::vector<Address> wallets;
    STRATA_CBOR_TUPLE(id, wallets);
};
struct ClaimReturn {
    std::vector<TokenAmount> amounts;
    STRATA_CBOR_TUPLE(amounts);
};

// stream_methods.cpp. The first six may be called by the stream weights actor only, the next two by the writer of the
// stream, and Claim by everybody.
Done set_weight_records(Runtime& rt, const SetWeights& params);
Done step_weight_records(Runtime& rt, const SetWeights& params);
Done register_stream(Runtime& rt, const RegisterStreamParams& params);
Done remove_stream(Runtime& rt, const RemoveStreamParams& params);
Done set_distribution(Runtime& rt, const SetDistributionParams& params);
Done cancel_pending(Runtime& rt, const CancelPendingParams& params);
Done set_shares(Runtime& rt, const SetSharesParams& params);
ActorResult<ReplaceAddressReturn> replace_stream_address(Runtime& rt, const ReplaceAddressParams& params);
ActorResult<ClaimReturn> claim_earnings(Runtime& rt, const ClaimParams& params);

}  // namespace strata::actors::reward
