// The datacap token: transfers, allowances, burning, and its questions.
#include <strata/actors/datacap/token.hpp>
#include <strata/actors/datacap/types.hpp>
#include <strata/actors/read/verifreg.hpp>
#include <strata/differential/scene.hpp>

namespace strata::differential {
namespace {

using namespace actors::datacap;

constexpr MethodNumber kIncreaseAllowance = 1777121560;
constexpr MethodNumber kDecreaseAllowance = 1529376545;
constexpr MethodNumber kRevokeAllowance = 2765635761;
constexpr MethodNumber kBurnFrom = 2979674018;
constexpr MethodNumber kAllowance = 4205072950;

struct Holder {
    const Person* person;
    TokenAmount tokens;
};
// People with datacap, or anybody.
Result<Holder> some_holder(Scene& scene) {
    std::vector<Holder> all;
    for (const auto* person : scene.view.senders()) {
        STRATA_TRY(const auto tokens, actors::read::datacap_balance(scene.view.tree(), scene.id_of(*person)));
        if (tokens && tokens->sign() > 0) all.push_back({person, *tokens});
    }
    if (all.empty() || scene.dice.chance(10)) return Holder{&scene.anybody(), 0};
    return scene.dice.pick(all);
}

// Whole tokens mostly; a fraction is refused.
TokenAmount some_tokens(Scene& scene, const TokenAmount& most) {
    const auto amount = scene.dice.amount(div_floor(most, 20));
    return scene.dice.chance(92) ? div_floor(amount, fil(1)) * fil(1) : amount;
}

Made transfer(Scene& scene) {
    STRATA_TRY(const auto holder, some_holder(scene));
    return std::optional(scene.send(*holder.person, kDatacapId, kTransfer,
                                    TransferParams{scene.any_address(), some_tokens(scene, holder.tokens), {}},
                                    "transfer datacap"));
}

struct Allowed {
    ActorId owner;
    const Person* spender;
    TokenAmount amount;
};
// An allowance that a person may use; empty if nobody gave one.
Result<std::optional<Allowed>> some_allowance(Scene& scene) {
    using Inner = HamtMap<ActorId, TokenAmount>;
    STRATA_TRY(const auto state, scene.view.state<State>(kDatacapId));
    auto& blocks = scene.view.blocks();
    STRATA_TRY(const auto owners, (HamtMap<ActorId, Cid>::load(blocks, state.token.allowances)));
    std::vector<Allowed> all;
    STRATA_OK(owners.for_each([&](ActorId owner, const Cid& root) -> Status {
        STRATA_TRY(const auto spenders, Inner::load(blocks, root));
        return spenders.for_each([&](ActorId spender, const TokenAmount& amount) -> Status {
            if (const auto* person = scene.view.person_of(spender)) all.push_back({owner, person, amount});
            return {};
        });
    }));
    if (all.empty()) return std::optional<Allowed>{};
    return std::optional(scene.dice.pick(all));
}

Made transfer_from(Scene& scene) {
    STRATA_TRY(const auto holder, some_holder(scene));
    STRATA_TRY(const auto allowed, some_allowance(scene));
    if (allowed && scene.dice.chance(40)) {
        const TransferFromParams empty{scene.address_of(allowed->owner),
                                       Address::id(kVerifiedRegistryId),
                                       scene.dice.chance(70) ? TokenAmount(0) : fil(256),
                                       {0x82, 0x80, 0x80}};
        return std::optional(
            scene.send(*allowed->spender, kDatacapId, kTransferFrom, empty, "transfer datacap of others"));
    }
    const TransferFromParams params{holder.person->address,
                                    scene.dice.chance(80) ? Address::id(kVerifiedRegistryId) : scene.any_address(),
                                    some_tokens(scene, holder.tokens),
                                    {0x82, 0x80, 0x80}};
    return std::optional(scene.send(scene.anybody(), kDatacapId, kTransferFrom, params, "transfer datacap of others"));
}

Made burn(Scene& scene) {
    STRATA_TRY(const auto holder, some_holder(scene));
    return std::optional(
        scene.send(*holder.person, kDatacapId, kBurn, BurnParams{some_tokens(scene, holder.tokens)}, "burn datacap"));
}

// Half of the operators are two friends, so that allowances meet the operators who use them.
const Person& some_operator(Scene& scene) {
    return scene.dice.chance(60) ? scene.start.person("friend " + std::to_string(scene.dice.below(2)))
                                 : scene.anybody();
}

Made burn_from(Scene& scene) {
    STRATA_TRY(const auto allowed, some_allowance(scene));
    if (allowed && scene.dice.chance(80))
        return std::optional(scene.send(
            *allowed->spender, kDatacapId, kBurnFrom,
            OwnerAmount{scene.address_of(allowed->owner), some_tokens(scene, min(allowed->amount * 20, fil(4000)))},
            "burn datacap of others"));
    STRATA_TRY(const auto holder, some_holder(scene));
    return std::optional(scene.send(some_operator(scene), kDatacapId, kBurnFrom,
                                    OwnerAmount{holder.person->address, some_tokens(scene, holder.tokens)},
                                    "burn datacap of others"));
}

Made change_allowance(Scene& scene) {
    STRATA_TRY(const auto holder, some_holder(scene));
    const Address who = scene.dice.chance(80) ? some_operator(scene).address : scene.any_address();
    const MethodNumber method = scene.dice.one_of<MethodNumber>(
        {kIncreaseAllowance, kIncreaseAllowance, kIncreaseAllowance, kDecreaseAllowance, kRevokeAllowance});
    if (method == kRevokeAllowance)
        return std::optional(
            scene.send(*holder.person, kDatacapId, method, RevokeAllowanceParams{who}, "revoke an allowance"));
    return std::optional(scene.send(*holder.person, kDatacapId, method,
                                    ChangeAllowanceParams{who, scene.dice.amount(holder.tokens)},
                                    "change an allowance"));
}

Made ask(Scene& scene) {
    const MethodNumber method =
        scene.dice.one_of<MethodNumber>({48890204, 2061153854, 3936767397, 114981429, kBalance, kAllowance});
    const Person& from = scene.anybody();
    STRATA_TRY(const auto holder, some_holder(scene));
    if (method == kBalance)
        return std::optional(scene.send(from, kDatacapId, method,
                                        scene.dice.chance(70) ? holder.person->address : scene.any_address(),
                                        "balance of datacap"));
    if (method == kAllowance)
        return std::optional(
            scene.send(from, kDatacapId, method,
                       GetAllowanceParams{holder.person->address, scene.dice.chance(50) ? Address::id(kMarketId)
                                                                                        : some_operator(scene).address},
                       "an allowance of datacap"));
    return std::optional(scene.send(from, kDatacapId, method, "a question to datacap"));
}

Made mint_or_destroy_as_stranger(Scene& scene) {
    const Person& from = scene.anybody();
    if (scene.dice.chance(50))
        return std::optional(
            scene.send(from, kDatacapId, kMint, MintParams{from.address, fil(1), {}}, "mint datacap as a stranger"));
    return std::optional(
        scene.send(from, kDatacapId, kDestroy, OwnerAmount{from.address, fil(1)}, "destroy datacap as a stranger"));
}

constexpr Action kActions[] = {{"transfer", 3, &transfer},
                               {"transfer of others", 3, &transfer_from},
                               {"burn", 2, &burn},
                               {"burn of others", 3, &burn_from},
                               {"allowance", 5, &change_allowance},
                               {"question", 4, &ask},
                               {"mint as a stranger", 1, &mint_or_destroy_as_stranger}};

}  // namespace

std::span<const Action> datacap_actions() {
    return kActions;
}

}  // namespace strata::differential
