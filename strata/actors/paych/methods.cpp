// Payment channels: vouchers are signed outside the chain and redeemed here, each in its lane. Source:
// docs/protocol/fvm.md §8.12.
#include <strata/actors/methods.hpp>

#include <array>

#include <strata/actors/account/state.hpp>
#include <strata/actors/paych/state.hpp>

namespace strata::actors::paych {
namespace {

constexpr std::uint64_t kMaxLane = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t kMaxSecret = 256;
constexpr ChainEpoch kSettleDelay = 12 * kEpochsInHour;
constexpr ExitCode kUpdateAfterSettled{32};

template <class T>
ActorResult<T> checked_lanes(Runtime& rt, Result<T> result) {
    return rt.check(std::move(result), ExitCode::illegal_state, "lanes");
}

Done require_party(Runtime& rt, const State& state) {
    return rt.require_caller(std::array{state.from, state.to});
}

Done constructor(Runtime& rt, const ConstructorParams& params) {
    STRATA_OK(rt.require_caller_type({ActorType::init}));
    STRATA_TRY(const ActorId to, rt.resolve_or_create(params.to));
    STRATA_TRY(const ActorId from, rt.resolve_or_create(params.from));
    STRATA_TRY(const Cid lanes, checked_lanes(rt, Lanes::empty_root(rt.store(), kLanesBitWidth)));
    return rt.set_state(State{.from = Address::id(from),
                              .to = Address::id(to),
                              .to_send = 0,
                              .settling_at = 0,
                              .min_settle_height = 0,
                              .lane_states = lanes});
}

Done require_signed_by(Runtime& rt, const Address& signer, const SignedVoucher& voucher) {
    const account::AuthenticateMessageParams params{voucher.signature->data, voucher.signing_bytes()};
    STRATA_TRY(const bool valid, rt.ask<bool>(signer, account::kAuthenticateMessage, to_cbor(params), 0,
                                              {.gas_limit = {}, .read_only = true}));
    if (!valid) return illegal_argument("the voucher is not signed by " + signer.to_string());
    return {};
}

Done require_this_channel(Runtime& rt, const SignedVoucher& voucher) {
    STRATA_TRY(const auto channel, rt.resolve(voucher.channel));
    if (channel != rt.receiver())
        return illegal_argument("the voucher is for channel " + voucher.channel.to_string() + ", expected f0" +
                                std::to_string(rt.receiver()));
    return {};
}

// Checks the voucher's own conditions: its time lock and its secret.
Done require_terms(Runtime& rt, const SignedVoucher& voucher, const Bytes& secret) {
    if (rt.epoch() < voucher.time_lock_min)
        return illegal_argument("the voucher cannot be used before epoch " + std::to_string(voucher.time_lock_min) +
                                "; the current epoch is " + std::to_string(rt.epoch()));
    if (voucher.time_lock_max != 0 && rt.epoch() > voucher.time_lock_max)
        return illegal_argument("the voucher expired after epoch " + std::to_string(voucher.time_lock_max) +
                                "; the current epoch is " + std::to_string(rt.epoch()));
    if (voucher.amount.is_negative())
        return illegal_argument("the voucher's amount is " + voucher.amount.to_string() +
                                " attoFIL, expected at least 0");
    if (voucher.secret_hash.empty()) return {};
    STRATA_TRY(const auto hash, rt.blake2b(secret));
    if (!equal(voucher.secret_hash, hash))
        return illegal_argument("the hash of the secret is not the secret hash in the voucher");
    return {};
}

std::string outdated_nonce(std::uint64_t nonce, std::uint64_t lane, std::uint64_t known) {
    return "the voucher's nonce for lane " + std::to_string(lane) + " is " + std::to_string(nonce) +
           ", expected more than " + std::to_string(known);
}

ActorResult<std::optional<LaneState>> find_lane(Runtime& rt, const Lanes& lanes, std::uint64_t lane) {
    if (lane > kMaxLane)
        return illegal_argument("the lane is " + std::to_string(lane) + ", expected at most " +
                                std::to_string(kMaxLane));
    return checked_lanes(rt, lanes.get(lane));
}

// Raises the nonces of the lanes that the voucher merges, which voids their older vouchers, and returns the amount
// already redeemed on these lanes.
ActorResult<TokenAmount> merge_lanes(Runtime& rt, Lanes& lanes, const SignedVoucher& voucher) {
    TokenAmount redeemed;
    for (const auto& merge : voucher.merges) {
        if (merge.lane == voucher.lane)
            return illegal_argument("the voucher merges lane " + std::to_string(merge.lane) + " into itself");
        STRATA_TRY(auto other, find_lane(rt, lanes, merge.lane));
        if (!other)
            return illegal_argument("the voucher merges lane " + std::to_string(merge.lane) + ", which does not exist");
        if (other->nonce >= merge.nonce) return illegal_argument(outdated_nonce(merge.nonce, merge.lane, other->nonce));
        redeemed += other->redeemed;
        other->nonce = merge.nonce;
        STRATA_OK(checked_lanes(rt, lanes.set(merge.lane, *other)));
    }
    return redeemed;
}

// Moves the settlement to `min_settle_height` or later, as the voucher demands; 0 means no demand.
void delay_settlement(State& state, ChainEpoch min_settle_height) {
    if (min_settle_height == 0) return;
    if (state.settling_at != 0) state.settling_at = std::max(state.settling_at, min_settle_height);
    state.min_settle_height = std::max(state.min_settle_height, min_settle_height);
}

Done redeem(Runtime& rt, const SignedVoucher& voucher) {
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(auto lanes, checked_lanes(rt, Lanes::load(rt.store(), state.lane_states, kLanesBitWidth)));
    STRATA_TRY(const auto known, find_lane(rt, lanes, voucher.lane));
    if (known && known->nonce >= voucher.nonce)
        return illegal_argument(outdated_nonce(voucher.nonce, voucher.lane, known->nonce));
    STRATA_TRY(const TokenAmount merged, merge_lanes(rt, lanes, voucher));
    // A voucher states the total of its lane, so the amount redeemed before is subtracted.
    const TokenAmount redeemed = known ? known->redeemed : TokenAmount();
    state.to_send += voucher.amount - (merged + redeemed);
    if (state.to_send.is_negative())
        return illegal_argument("with the voucher, the channel would send " + state.to_send.to_string() +
                                " attoFIL, expected at least 0");
    STRATA_TRY(const TokenAmount balance, rt.balance());
    if (state.to_send > balance)
        return illegal_argument("with the voucher, the channel would send " + state.to_send.to_string() +
                                " attoFIL, expected at most " + balance.to_string() + ", its balance");
    delay_settlement(state, voucher.min_settle_height);
    STRATA_OK(checked_lanes(rt, lanes.set(voucher.lane, {.redeemed = voucher.amount, .nonce = voucher.nonce})));
    STRATA_TRY(state.lane_states, checked_lanes(rt, lanes.flush()));
    return rt.set_state(state);
}

Done update_channel_state(Runtime& rt, const UpdateChannelStateParams& params) {
    STRATA_TRY(const auto state, rt.state<State>());
    STRATA_OK(require_party(rt, state));
    const SignedVoucher& voucher = params.voucher;
    if (!voucher.signature) return illegal_argument("the voucher has no signature");
    if (state.settling_at != 0 && rt.epoch() >= state.settling_at)
        return abort(kUpdateAfterSettled, "the channel settled at epoch " + std::to_string(state.settling_at) +
                                              "; the current epoch is " + std::to_string(rt.epoch()));
    if (params.secret.size() > kMaxSecret)
        return illegal_argument("the secret has " + std::to_string(params.secret.size()) + " bytes, expected at most " +
                                std::to_string(kMaxSecret));
    // The caller agrees by sending the message, so the voucher must have the signature of the other party.
    const bool from_payer = Address::id(rt.caller()) == state.from;
    STRATA_OK(require_signed_by(rt, from_payer ? state.to : state.from, voucher));
    STRATA_OK(require_this_channel(rt, voucher));
    STRATA_OK(require_terms(rt, voucher, params.secret));
    // Unlike in other actors, empty parameters are sent as an empty block here.
    if (voucher.extra) STRATA_OK(rt.call(voucher.extra->actor, voucher.extra->method, voucher.extra->data, 0));
    return redeem(rt, voucher);
}

Done settle(Runtime& rt) {
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_OK(require_party(rt, state));
    if (state.settling_at != 0)
        return illegal_state("the channel is already settling, and will be settled at epoch " +
                             std::to_string(state.settling_at));
    state.settling_at = std::max(rt.epoch() + kSettleDelay, state.min_settle_height);
    return rt.set_state(state);
}

Done collect(Runtime& rt) {
    STRATA_TRY(const auto state, rt.state<State>());
    STRATA_OK(require_party(rt, state));
    if (state.settling_at == 0) return forbidden("the channel is not settling; call Settle first");
    if (rt.epoch() < state.settling_at)
        return forbidden("the channel settles at epoch " + std::to_string(state.settling_at) +
                         "; the current epoch is " + std::to_string(rt.epoch()));
    STRATA_OK(rt.call(state.to, kMethodSend, std::nullopt, state.to_send));
    STRATA_TRY(const TokenAmount rest, rt.balance());
    STRATA_OK(rt.call(state.from, kMethodSend, std::nullopt, rest));
    return rt.delete_actor();
}

constexpr Method kMethods[] = {method<&constructor>(1), method<&update_channel_state>(2), method<&settle>(3),
                               method<&collect>(4)};

}  // namespace

std::span<const Method> methods() {
    return kMethods;
}

}  // namespace strata::actors::paych
