// The storage market: escrow, deals with real signatures, settlement, and the questions about deals. Deals become
// active through sectors (generate_onboarding.cpp).
#include <strata/actors/market/types.hpp>
#include <strata/actors/read/market.hpp>
#include <strata/actors/read/verifreg.hpp>
#include <strata/differential/miner_now.hpp>

namespace strata::differential {
namespace {

using namespace actors::market;

constexpr MethodNumber kAddBalanceExported = 822473126;
constexpr MethodNumber kWithdrawBalanceExported = 2280458852;
constexpr MethodNumber kPublishExported = 2236929350;
constexpr MethodNumber kGetBalance = 726108461;

// Somebody with money in the market, or who may have some.
ActorId some_party(Scene& scene) {
    const auto miner = scene.any(vm::ActorType::miner);
    return miner && scene.dice.chance(40) ? *miner : scene.id_of(scene.anybody());
}

Made add_balance(Scene& scene) {
    const Address party = scene.dice.chance(95) ? scene.address_of(some_party(scene)) : scene.any_address();
    return std::optional(scene.send(scene.anybody(), kMarketId,
                                    scene.dice.chance(60) ? kAddBalance : kAddBalanceExported, party,
                                    "add to the escrow", scene.dice.chance(97) ? fil(scene.dice.between(1, 200)) : 0));
}

Made withdraw(Scene& scene) {
    const ActorId party = some_party(scene);
    STRATA_TRY(const auto market, actors::read::Market::load(scene.view.tree()));
    STRATA_TRY(const auto escrow, market.escrow(party));
    ActorId from = party;
    if (scene.view.type_of(party) == vm::ActorType::miner) {
        STRATA_TRY(const auto miner, load_miner(scene, party));
        from = scene.dice.chance(50) ? miner.owner() : miner.info.worker.as_id().value_or(0);
    }
    const WithdrawBalanceParams params{scene.address_of(party), scene.dice.amount(escrow.total)};
    return scene.send_as(from, kMarketId, scene.dice.chance(60) ? kWithdrawBalance : kWithdrawBalanceExported,
                         to_cbor(params), "withdraw from the escrow");
}

// Mostly people whose money in the market suffices.
const Person* some_client(Scene& scene) {
    std::vector<const Person*> all;
    for (const auto* person : scene.view.senders())
        if (person->name.starts_with("client") || scene.dice.chance(2)) all.push_back(person);
    return all.empty() ? nullptr : scene.dice.pick(all);
}

Made fund_client(Scene& scene) {
    const auto* client = some_client(scene);
    if (client == nullptr) return nothing();
    return std::optional(scene.send(*client, kMarketId, kAddBalance, client->address, "a client's escrow",
                                    fil(scene.dice.between(1, 50))));
}

Result<DealProposal> some_proposal(Scene& scene, const MinerNow& miner, const Person& client) {
    auto& dice = scene.dice;
    DealProposal out;
    out.piece_cid = any_piece(dice);
    out.piece_size = std::uint64_t{256} << dice.below(4);
    if (dice.chance(3)) out.piece_size = dice.one_of<std::uint64_t>({64, 128, 1000, 1 << 20});
    STRATA_TRY(const auto datacap, actors::read::datacap_balance(scene.view.tree(), scene.id_of(client)));
    out.verified_deal = datacap && datacap->sign() > 0 ? dice.chance(60) : dice.chance(3);
    out.client = dice.chance(60) ? client.address : Address::id(scene.id_of(client));
    out.provider = Address::id(miner.id);
    out.label.value = std::string("deal");
    if (dice.chance(30)) out.label.value = dice.bytes(dice.below(dice.chance(90) ? 100 : 300));
    out.start_epoch = scene.epoch + dice.between(dice.chance(97) ? 0 : -5, dice.chance(40) ? 200 : 8000);
    out.end_epoch = out.start_epoch + kMinDuration + dice.between(dice.chance(97) ? 0 : -5, 100'000);
    out.storage_price_per_epoch = dice.chance(60) ? TokenAmount(dice.between(0, 1'000'000'000'000)) : TokenAmount(0);
    // The least collateral is a small part of a FIL at these sizes; a proposal below it is refused.
    out.provider_collateral = dice.chance(96) ? dice.amount(fil(1)) + 1'000'000'000'000 : TokenAmount(0);
    out.client_collateral = dice.chance(50) ? dice.amount(fil(1)) : TokenAmount(0);
    return out;
}

Made publish(Scene& scene) {
    STRATA_TRY(const auto miner, any_miner(scene));
    if (!miner) return nothing();
    PublishStorageDealsParams params;
    for (auto count = 1 + scene.dice.below(3); count > 0; --count) {
        const auto* client = some_client(scene);
        if (client == nullptr) return nothing();
        STRATA_TRY(auto proposal, some_proposal(scene, *miner, *client));
        STRATA_TRY(auto signature, Scene::sign(*client, to_cbor(proposal)));
        if (scene.dice.chance(4)) signature.data[5] ^= 1;
        params.deals.push_back({std::move(proposal), std::move(signature)});
        if (scene.dice.chance(4)) params.deals.push_back(params.deals.back());
    }
    return scene.send_as(miner->controller(scene.dice), kMarketId,
                         scene.dice.chance(60) ? kPublishStorageDeals : kPublishExported, to_cbor(params),
                         "publish deals");
}

Result<std::vector<DealId>> some_deals(Scene& scene) {
    STRATA_TRY(const auto market, actors::read::Market::load(scene.view.tree()));
    std::vector<DealId> all;
    STRATA_OK(market.for_each_deal([&](DealId id, const Deal&) -> Status {
        all.push_back(id);
        return {};
    }));
    if (scene.dice.chance(10) || all.empty()) all.push_back(scene.dice.below(market.next_id() + 2));
    return all;
}

Made settle(Scene& scene) {
    STRATA_TRY(const auto all, some_deals(scene));
    return std::optional(scene.send(scene.anybody(), kMarketId, kSettleDealPayments,
                                    some_of(scene.dice, BitField::of(all)), "settle deals"));
}

Made ask_about_deal(Scene& scene) {
    STRATA_TRY(const auto all, some_deals(scene));
    const MethodNumber method =
        scene.dice.one_of<MethodNumber>({1157985802, 128053329, 935081690, 46363526, 163777312, 4287162428, 200567895,
                                         2986712137, 2627389465, 2567238399, 2611213344});
    return std::optional(
        scene.send(scene.anybody(), kMarketId, method, scene.dice.pick(all), "a question about a deal"));
}

Made ask_balance(Scene& scene) {
    return std::optional(scene.send(scene.anybody(), kMarketId, kGetBalance,
                                    scene.dice.chance(80) ? scene.address_of(some_party(scene)) : scene.any_address(),
                                    "GetBalance of the market"));
}

// The methods that only miners may call.
Made call_as_stranger(Scene& scene) {
    const MethodNumber method =
        scene.dice.one_of<MethodNumber>({kVerifyDealsForActivation, kBatchActivateDeals, kOnMinerSectorsTerminate,
                                         kSectorContentChanged, kCronTick, 1});
    Bytes params;
    if (method == kVerifyDealsForActivation) params = to_cbor(VerifyDealsForActivationParams{});
    if (method == kBatchActivateDeals) params = to_cbor(BatchActivateDealsParams{});
    if (method == kOnMinerSectorsTerminate) params = to_cbor(OnMinerSectorsTerminateParams{scene.epoch, {1}});
    if (method == kSectorContentChanged) params = to_cbor(SectorContentChangedParams{});
    auto step = scene.send(scene.anybody(), kMarketId, method, "a method of the market for miners");
    step.params = std::move(params);
    return std::optional(std::move(step));
}

constexpr Action kActions[] = {{"add to the escrow", 6, &add_balance}, {"withdraw", 4, &withdraw},
                               {"client's escrow", 5, &fund_client},   {"publish deals", 12, &publish},
                               {"settle deals", 7, &settle},           {"question about a deal", 6, &ask_about_deal},
                               {"balance", 2, &ask_balance},           {"methods for miners", 1, &call_as_stranger}};

}  // namespace

std::span<const Action> market_actions() {
    return kActions;
}

}  // namespace strata::differential
