// The verified registry: verifiers, clients, allocations, claims, and the removal of datacap with two signatures.
#include <strata/actors/datacap/types.hpp>
#include <strata/actors/read/verifreg.hpp>
#include <strata/actors/verifreg/messages.hpp>
#include <strata/differential/miner_now.hpp>

namespace strata::differential {
namespace {

using namespace actors::verifreg;

enum Method : MethodNumber {
    add_verifier = 2,
    remove_verifier = 3,
    add_verified_client = 4,
    remove_verified_client_data_cap = 7,
    remove_expired_allocations = 8,
    claim_allocations = 9,
    get_claims = 10,
    extend_claim_terms = 11,
    remove_expired_claims = 12,
};

MethodNumber either(Scene& scene, Method number, MethodNumber exported) {
    return scene.dice.chance(60) ? static_cast<MethodNumber>(number) : exported;
}

DataCap some_datacap(Scene& scene) {
    return scene.dice.chance(95) ? BigInt(256 + scene.dice.below(1 << 20)) : BigInt(scene.dice.below(256));
}

// The people who are verifiers now.
Result<std::vector<const Person*>> verifiers(Scene& scene) {
    STRATA_TRY(const auto registry, actors::read::VerifiedRegistry::load(scene.view.tree()));
    std::vector<const Person*> out;
    for (const auto* person : scene.view.senders()) {
        STRATA_TRY(const auto cap, registry.verifier(scene.id_of(*person)));
        if (cap) out.push_back(person);
    }
    return out;
}

const Person& some_verifier_to_be(Scene& scene) {
    return scene.dice.chance(75) ? scene.start.person("verifier " + std::to_string(scene.dice.below(2)))
                                 : scene.dice.pick(scene.start.people);
}

Made appoint(Scene& scene) {
    const Person& root = scene.dice.chance(97) ? scene.start.person("root") : scene.anybody();
    return std::optional(
        scene.send(root, kVerifiedRegistryId, add_verifier,
                   VerifierParams{scene.dice.chance(95) ? some_verifier_to_be(scene).address : scene.any_address(),
                                  some_datacap(scene) * 64},
                   "appoint a verifier"));
}

Made dismiss(Scene& scene) {
    STRATA_TRY(const auto all, verifiers(scene));
    const Address who = all.empty() || scene.dice.chance(20) ? scene.any_address() : scene.dice.pick(all)->address;
    return std::optional(
        scene.send(scene.start.person("root"), kVerifiedRegistryId, remove_verifier, who, "dismiss a verifier"));
}

Made add_client(Scene& scene) {
    STRATA_TRY(const auto all, verifiers(scene));
    if (all.empty()) return nothing();
    const Person& client = scene.dice.chance(80) ? scene.start.person("client " + std::to_string(scene.dice.below(3)))
                                                 : scene.dice.pick(scene.start.people);
    return std::optional(
        scene.send(*scene.dice.pick(all), kVerifiedRegistryId, either(scene, add_verified_client, 3916220144),
                   VerifierParams{scene.dice.chance(97) ? client.address : scene.any_address(), some_datacap(scene)},
                   "make a verified client"));
}

// The people with datacap.
Result<std::vector<std::pair<const Person*, TokenAmount>>> holders(Scene& scene) {
    std::vector<std::pair<const Person*, TokenAmount>> out;
    for (const auto* person : scene.view.senders()) {
        STRATA_TRY(const auto tokens, actors::read::datacap_balance(scene.view.tree(), scene.id_of(*person)));
        if (tokens && tokens->sign() > 0) out.emplace_back(person, *tokens);
    }
    return out;
}

Made remove_datacap(Scene& scene) {
    STRATA_TRY(const auto all, verifiers(scene));
    STRATA_TRY(const auto clients, holders(scene));
    if (all.size() < 2 || clients.empty()) return nothing();
    const auto& [client, tokens] = scene.dice.pick(clients);
    const Address client_id = Address::id(scene.id_of(*client));
    RemoveDataCapParams params;
    params.verified_client = scene.dice.chance(70) ? client_id : client->address;
    params.amount = scene.dice.amount(div_floor(tokens, fil(1))) + scene.dice.between(0, 1);
    const auto first = scene.dice.below(all.size());
    const auto second = scene.dice.chance(95) ? (first + 1 + scene.dice.below(all.size() - 1)) % all.size() : first;
    STRATA_TRY(const auto state, scene.view.state<State>(kVerifiedRegistryId));
    STRATA_TRY(const auto ids,
               (HamtMap<Bytes, RemovalProposalId>::load(scene.view.blocks(), state.remove_data_cap_proposal_ids)));
    for (auto* request : {&params.request_1, &params.request_2}) {
        const Person& verifier = *all[request == &params.request_1 ? first : second];
        Bytes key = to_bytes(Address::id(scene.id_of(verifier)).bytes());
        append(key, client_id.bytes());
        STRATA_TRY(const auto id, ids.get(key));
        Bytes payload = to_bytes(as_bytes("fil_removedatacap:"));
        append(payload, to_cbor(RemovalProposal{client_id, params.amount, id.value_or(RemovalProposalId{})}));
        request->verifier = verifier.address;
        STRATA_TRY(request->signature, Scene::sign(verifier, payload));
        if (scene.dice.chance(5)) request->signature.data[3] ^= 1;
    }
    return std::optional(scene.send(scene.start.person("root"), kVerifiedRegistryId, remove_verified_client_data_cap,
                                    params, "remove datacap"));
}

Result<std::vector<AllocationRequest>> some_requests(Scene& scene, DataCap room) {
    auto& dice = scene.dice;
    std::vector<AllocationRequest> out;
    for (auto count = 1 + dice.below(3); count > 0; --count) {
        const std::uint64_t size = std::uint64_t{256} << dice.below(4);
        if (room < BigInt(size) && dice.chance(95)) break;
        room -= BigInt(size);
        const auto provider = scene.any(vm::ActorType::miner);
        AllocationRequest one{.provider = provider && dice.chance(97) ? *provider : scene.id_of(scene.anybody()),
                              .data = any_piece(dice),
                              .size = dice.chance(97) ? size : 128,
                              .term_min = kMinimumTerm + dice.between(dice.chance(97) ? 0 : -1, 1000),
                              .term_max = kMaximumTerm - dice.between(dice.chance(97) ? 0 : -1, 1'000'000),
                              .expiration = scene.epoch + dice.between(dice.chance(97) ? 0 : -1,
                                                                       dice.chance(50) ? 300 : kMaximumExpiration)};
        out.push_back(std::move(one));
    }
    return out;
}

Result<std::vector<ClaimExtensionRequest>> some_extensions(Scene& scene, DataCap& cost) {
    STRATA_TRY(const auto registry, actors::read::VerifiedRegistry::load(scene.view.tree()));
    std::vector<ClaimExtensionRequest> out;
    STRATA_OK(registry.for_each_claim({}, [&](std::uint64_t id, const Claim& claim) -> Status {
        if (out.size() == 2 || !scene.dice.chance(30)) return {};
        out.push_back({claim.provider, id, claim.term_max + scene.dice.between(0, 200'000)});
        cost += BigInt(claim.size);
        return {};
    }));
    return out;
}

// A transfer of datacap to the registry makes allocations and extends claims.
Made allocate(Scene& scene) {
    STRATA_TRY(const auto clients, holders(scene));
    if (clients.empty()) return nothing();
    const auto& [client, tokens] = scene.dice.pick(clients);
    AllocationRequests requests;
    STRATA_TRY(requests.allocations, some_requests(scene, div_floor(tokens, fil(1))));
    DataCap cost;
    if (scene.dice.chance(25)) {
        STRATA_TRY(requests.extensions, some_extensions(scene, cost));
    }
    for (const auto& one : requests.allocations) cost += BigInt(one.size);
    if (scene.dice.chance(3)) cost += 1;
    actors::datacap::TransferParams params{Address::id(kVerifiedRegistryId), cost * fil(1), to_cbor(requests)};
    if (scene.dice.chance(3)) params.operator_data = scene.dice.bytes(10);
    return std::optional(scene.send(*client, kDatacapId, actors::datacap::kTransfer, params, "make allocations"));
}

Made remove_allocations(Scene& scene) {
    STRATA_TRY(const auto registry, actors::read::VerifiedRegistry::load(scene.view.tree()));
    std::vector<std::pair<ActorId, std::uint64_t>> expired;
    STRATA_OK(registry.for_each_allocation({}, [&](std::uint64_t id, const Allocation& allocation) -> Status {
        if (scene.epoch >= allocation.expiration || scene.dice.chance(5)) expired.emplace_back(allocation.client, id);
        return {};
    }));
    if (expired.empty()) return nothing();
    RemoveExpiredParams params{scene.dice.pick(expired).first, {}};
    if (scene.dice.chance(50))
        for (const auto& [client, id] : expired)
            if (client == params.owner) params.ids.push_back(id);
    return std::optional(scene.send(scene.anybody(), kVerifiedRegistryId,
                                    either(scene, remove_expired_allocations, 2421068268), params,
                                    "remove expired allocations"));
}

struct SomeClaim {
    std::uint64_t id;
    Claim claim;
};
Result<std::vector<SomeClaim>> claims(Scene& scene) {
    STRATA_TRY(const auto registry, actors::read::VerifiedRegistry::load(scene.view.tree()));
    std::vector<SomeClaim> out;
    STRATA_OK(registry.for_each_claim({}, [&](std::uint64_t id, const Claim& claim) -> Status {
        out.push_back({id, claim});
        return {};
    }));
    return out;
}

Made remove_claims(Scene& scene) {
    STRATA_TRY(const auto all, claims(scene));
    if (all.empty()) return nothing();
    const auto& one = scene.dice.pick(all);
    RemoveExpiredParams params{one.claim.provider, {}};
    if (scene.dice.chance(60)) params.ids = {one.id};
    return std::optional(scene.send(scene.anybody(), kVerifiedRegistryId,
                                    either(scene, remove_expired_claims, 2873373899), params, "remove expired claims"));
}

Made ask_claims(Scene& scene) {
    STRATA_TRY(const auto all, claims(scene));
    GetClaimsParams params{1000, {}};
    for (const auto& one : all)
        if (scene.dice.chance(40)) {
            params.provider = one.claim.provider;
            params.ids.push_back(one.id);
        }
    if (scene.dice.chance(20)) params.ids.push_back(scene.dice.below(1000));
    return std::optional(
        scene.send(scene.anybody(), kVerifiedRegistryId, either(scene, get_claims, 2199871187), params, "GetClaims"));
}

Made extend_terms(Scene& scene) {
    STRATA_TRY(const auto all, claims(scene));
    if (all.empty()) return nothing();
    ExtendClaimTermsParams params;
    const Person* from = &scene.anybody();
    for (const auto& one : all) {
        if (!scene.dice.chance(50)) continue;
        params.terms.push_back({one.claim.provider, one.id, one.claim.term_max + scene.dice.between(-5, 500'000)});
        if (const auto* client = scene.view.person_of(one.claim.client)) from = client;
    }
    return std::optional(scene.send(*from, kVerifiedRegistryId, either(scene, extend_claim_terms, 1752273514), params,
                                    "extend the terms of claims"));
}

Made call_as_stranger(Scene& scene) {
    return std::optional(scene.send(scene.anybody(), kVerifiedRegistryId, claim_allocations, ClaimAllocationsParams{},
                                    "claim as an account"));
}

constexpr Action kActions[] = {
    {"appoint a verifier", 4, &appoint},        {"dismiss a verifier", 1, &dismiss},
    {"make a verified client", 7, &add_client}, {"remove datacap", 3, &remove_datacap},
    {"make allocations", 9, &allocate},         {"remove allocations", 4, &remove_allocations},
    {"remove claims", 2, &remove_claims},       {"ask for claims", 2, &ask_claims},
    {"extend terms", 3, &extend_terms},         {"claim as an account", 1, &call_as_stranger}};

}  // namespace

std::span<const Action> registry_actions() {
    return kActions;
}

}  // namespace strata::differential
