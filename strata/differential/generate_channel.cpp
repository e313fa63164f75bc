// Payment channels: vouchers with each optional part, settlement and collection.
#include <strata/actors/init/types.hpp>
#include <strata/actors/paych/state.hpp>
#include <strata/differential/scene.hpp>

namespace strata::differential {
namespace {

using namespace actors::paych;

enum Method : MethodNumber { update_channel_state = 2, settle, collect };

constexpr std::size_t kEnough = 8;  // channels

Made create(Scene& scene) {
    if (scene.view.all(vm::ActorType::payment_channel).size() >= kEnough && scene.dice.chance(80)) return nothing();
    const Person& from = scene.anybody();
    const Address to = scene.dice.chance(90) ? scene.anybody().address : scene.any_address();
    const auto code = scene.view.manifest().codes.at(vm::ActorType::payment_channel);
    return std::optional(scene.send(from, kInitId, actors::init::kExec,
                                    actors::init::ExecParams{code, to_cbor(ConstructorParams{from.address, to})},
                                    "make a payment channel", scene.dice.amount(fil(100))));
}

struct Channel {
    ActorId id;
    State state;
    const Person* from;
    const Person* to;
};

Result<std::optional<Channel>> any_channel(Scene& scene) {
    const auto id = scene.any(vm::ActorType::payment_channel);
    if (!id) return std::optional<Channel>{};
    STRATA_TRY(auto state, scene.view.state<State>(*id));
    const auto* from = scene.view.person_of(state.from.as_id().value_or(0));
    const auto* to = scene.view.person_of(state.to.as_id().value_or(0));
    if (from == nullptr || to == nullptr) return std::optional<Channel>{};
    return std::optional(Channel{*id, std::move(state), from, to});
}

// Adds the parts of a voucher that most vouchers do not have.
Status add_conditions(Scene& scene, const Channel& channel, const Lanes& lanes, UpdateChannelStateParams& params) {
    auto& voucher = params.voucher;
    auto& dice = scene.dice;
    if (dice.chance(20)) voucher.time_lock_min = scene.epoch + dice.between(-20, 3);
    if (dice.chance(20)) voucher.time_lock_max = scene.epoch + dice.between(-3, 2000);
    if (dice.chance(20)) {
        params.secret = dice.bytes(dice.below(40));
        voucher.secret_hash = to_bytes(Cid::hash_of(Codec::raw, params.secret).digest());
        if (dice.chance(20)) params.secret.push_back(0);
    }
    if (dice.chance(15)) {
        // The channel calls this method before it redeems the voucher.
        constexpr MethodNumber some_method = 1 << 25;
        voucher.extra = ModVerifyParams{scene.any_address(), dice.chance(50) ? some_method : kMethodSend,
                                        dice.chance(50) ? Bytes{} : dice.bytes(4)};
    }
    if (dice.chance(15)) voucher.min_settle_height = scene.epoch + dice.between(-100, 5000);
    if (dice.chance(25)) {
        std::vector<std::pair<std::uint64_t, LaneState>> others;
        STRATA_OK(lanes.for_each([&](std::uint64_t lane, const LaneState& state) -> Status {
            if (lane != voucher.lane || dice.chance(10)) others.emplace_back(lane, state);
            return {};
        }));
        for (const auto& [lane, state] : others)
            if (dice.chance(50)) voucher.merges.push_back({lane, state.nonce + dice.below(3)});
        if (!voucher.merges.empty()) voucher.amount += channel.state.to_send;
    }
    return {};
}

Made redeem(Scene& scene) {
    STRATA_TRY(const auto channel, any_channel(scene));
    if (!channel) return nothing();
    STRATA_TRY(const auto lanes, Lanes::load(scene.view.blocks(), channel->state.lane_states, kLanesBitWidth));
    UpdateChannelStateParams params;
    auto& voucher = params.voucher;
    voucher.channel = scene.address_of(channel->id);
    voucher.lane = scene.dice.below(6);
    STRATA_TRY(const auto lane, lanes.get(voucher.lane));
    voucher.nonce = (lane ? lane->nonce : 0) + scene.dice.below(3);
    voucher.amount =
        (lane ? lane->redeemed : TokenAmount(0)) + scene.dice.amount(div_floor(scene.view.balance_of(channel->id), 4));
    STRATA_OK(add_conditions(scene, *channel, lanes, params));
    const bool by_payee = scene.dice.chance(80);
    const Person* signer = by_payee ? channel->from : channel->to;
    if (scene.dice.chance(95)) {
        STRATA_TRY(voucher.signature, Scene::sign(*signer, voucher.signing_bytes()));
    }
    return std::optional(scene.send(by_payee ? *channel->to : *channel->from, channel->id, update_channel_state, params,
                                    "redeem a voucher"));
}

Made settle_one(Scene& scene) {
    STRATA_TRY(const auto channel, any_channel(scene));
    if (!channel) return nothing();
    return std::optional(
        scene.send(scene.dice.chance(50) ? *channel->from : *channel->to, channel->id, settle, "settle a channel"));
}

Made collect_one(Scene& scene) {
    STRATA_TRY(const auto channel, any_channel(scene));
    if (!channel) return nothing();
    const bool settled = channel->state.settling_at != 0 && scene.epoch >= channel->state.settling_at;
    if (!settled && scene.dice.chance(90)) return nothing();
    return std::optional(
        scene.send(scene.dice.chance(50) ? *channel->from : *channel->to, channel->id, collect, "collect a channel"));
}

constexpr Action kActions[] = {{"make a channel", 3, &create},
                               {"redeem a voucher", 9, &redeem},
                               {"settle a channel", 2, &settle_one},
                               {"collect a channel", 4, &collect_one}};

}  // namespace

std::span<const Action> channel_actions() {
    return kActions;
}

}  // namespace strata::differential
