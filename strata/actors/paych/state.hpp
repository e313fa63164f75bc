#pragma once
// State and parameters of payment channels. Source: docs/protocol/fvm.md §8.12.
#include <strata/ipld/amt.hpp>
#include <strata/types/actor_signature.hpp>
#include <strata/types/basic.hpp>

namespace strata::actors::paych {

/// The amount redeemed on one lane, and the highest voucher nonce seen on it.
struct LaneState {
    TokenAmount redeemed;
    std::uint64_t nonce = 0;
    STRATA_CBOR_TUPLE(redeemed, nonce);
};

using Lanes = AmtArray<LaneState>;
inline constexpr unsigned kLanesBitWidth = 3;

struct State {
    Address from;
    Address to;
    TokenAmount to_send;
    ChainEpoch settling_at = 0;  // 0 if the channel is not settling
    ChainEpoch min_settle_height = 0;
    Cid lane_states;
    STRATA_CBOR_TUPLE(from, to, to_send, settling_at, min_settle_height, lane_states);
};

struct ConstructorParams {
    Address from;
    Address to;
    STRATA_CBOR_TUPLE(from, to);
};

/// A call that must succeed before the voucher is redeemed.
struct ModVerifyParams {
    Address actor;
    MethodNumber method = 0;
    Bytes data;
    STRATA_CBOR_TUPLE(actor, method, data);
};
struct Merge {
    std::uint64_t lane = 0;
    std::uint64_t nonce = 0;
    STRATA_CBOR_TUPLE(lane, nonce);
};

struct SignedVoucher {
    Address channel;
    ChainEpoch time_lock_min = 0;
    ChainEpoch time_lock_max = 0;  // 0: no limit
    Bytes secret_hash;
    std::optional<ModVerifyParams> extra;
    std::uint64_t lane = 0;
    std::uint64_t nonce = 0;
    TokenAmount amount;
    ChainEpoch min_settle_height = 0;
    std::vector<Merge> merges;
    std::optional<ActorSignature> signature;
    STRATA_CBOR_TUPLE(channel, time_lock_min, time_lock_max, secret_hash, extra, lane, nonce, amount, min_settle_height,
                      merges, signature);

    /// Returns the bytes that are signed: the voucher without its signature.
    Bytes signing_bytes() const {
        SignedVoucher unsigned_voucher = *this;
        unsigned_voucher.signature.reset();
        return strata::to_cbor(unsigned_voucher);
    }
};

struct UpdateChannelStateParams {
    SignedVoucher voucher;
    Bytes secret;
    STRATA_CBOR_TUPLE(voucher, secret);
};

}  // namespace strata::actors::paych
