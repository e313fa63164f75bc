// Clients make allocations with datacap, and providers turn them into claims.
#include <strata/actors/datacap/types.hpp>
#include <strata/actors/verifreg/handlers.hpp>

namespace strata::actors::verifreg {
namespace {

using Allocations = OwnedMap<Allocation>;
using Claims = OwnedMap<Claim>;

template <class T>
void add_common(Runtime::Event& event, std::uint64_t id, const T& record) {
    event.indexed("id", id)
        .indexed("client", record.client)
        .indexed("provider", record.provider)
        .indexed("piece-cid", record.data)
        .field("piece-size", record.size)
        .field("term-min", record.term_min)
        .field("term-max", record.term_max);
}

Done emit(Runtime& rt, std::string_view type, std::uint64_t id, const Allocation& allocation) {
    Runtime::Event event(type);
    add_common(event, id, allocation);
    event.field("expiration", allocation.expiration);
    return rt.emit(event);
}

Done emit(Runtime& rt, std::string_view type, std::uint64_t id, const Claim& claim) {
    Runtime::Event event(type);
    add_common(event, id, claim);
    event.field("term-start", claim.term_start).indexed("sector", claim.sector);
    return rt.emit(event);
}

template <class V>
struct Removal {
    std::vector<std::uint64_t> considered;
    BatchReturn results;
    std::vector<std::pair<std::uint64_t, V>> removed;
};

// Removes the expired records among those that the message lists, or among all records of the owner if it lists none.
template <class V>
ActorResult<Removal<V>> remove_expired(Runtime& rt, OwnedMap<V>& map, const RemoveExpiredParams& params) {
    Removal<V> out;
    std::vector<std::uint64_t> to_remove;
    if (params.ids.empty()) {
        STRATA_TRY(out.considered, map.expired(params.owner, rt.epoch()));
        out.results.success_count = static_cast<std::uint32_t>(out.considered.size());
        to_remove = out.considered;
    } else {
        out.considered = params.ids;
        for (const auto id : params.ids) {
            STRATA_TRY(const auto record, map.get(params.owner, id));
            const ExitCode code = !record                           ? ExitCode::not_found
                                  : rt.epoch() >= record->expires() ? ExitCode::ok
                                                                    : ExitCode::forbidden;
            out.results.add(code);
            if (code == ExitCode::ok) to_remove.push_back(id);
        }
    }
    for (const auto id : to_remove) {
        STRATA_TRY(auto record, map.remove(params.owner, id));
        if (!record)
            return abort(ExitCode::assertion_failed, "the request lists record " + std::to_string(id) + " twice");
        out.removed.emplace_back(id, std::move(*record));
    }
    return out;
}

}  // namespace

ActorResult<RemoveExpiredAllocationsReturn> remove_expired_allocations(Runtime& rt, const RemoveExpiredParams& params) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(auto allocations, Allocations::load(rt, state.allocations));
    STRATA_TRY(const auto removal, remove_expired(rt, allocations, params));
    DataCap recovered;
    for (const auto& [id, allocation] : removal.removed) {
        STRATA_OK(emit(rt, "allocation-removed", id, allocation));
        recovered += BigInt(allocation.size);
    }
    STRATA_TRY(state.allocations, allocations.flush());
    STRATA_OK(rt.set_state(state));
    // The datacap of expired allocations goes back to the client, who may allocate it again.
    const datacap::TransferParams back{Address::id(params.owner), recovered * fil(1), {}};
    STRATA_OK(rt.call(Address::id(kDatacapId), datacap::kTransfer, to_cbor(back), 0));
    return RemoveExpiredAllocationsReturn{removal.considered, removal.results, recovered};
}

ActorResult<RemoveExpiredClaimsReturn> remove_expired_claims(Runtime& rt, const RemoveExpiredParams& params) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(auto claims, Claims::load(rt, state.claims));
    STRATA_TRY(const auto removal, remove_expired(rt, claims, params));
    for (const auto& [id, claim] : removal.removed) STRATA_OK(emit(rt, "claim-removed", id, claim));
    STRATA_TRY(state.claims, claims.flush());
    STRATA_OK(rt.set_state(state));
    return RemoveExpiredClaimsReturn{removal.considered, removal.results};
}

namespace {

// Returns true if the provider can claim this allocation for a sector that expires at `expiry`.
bool can_claim(const AllocationClaim& claim, ActorId provider, const Allocation& a, ChainEpoch now, ChainEpoch expiry) {
    const ChainEpoch lifetime = expiry - now;
    return provider == a.provider && claim.client == a.client && claim.data == a.data && claim.size == a.size &&
           now <= a.expiration && lifetime >= a.term_min && lifetime <= a.term_max;
}

using NewClaims = std::vector<std::pair<ClaimId, Claim>>;

// Returns the claims that a sector asks for, or the exit code of the first one that cannot be made. Writes nothing.
ActorResult<std::expected<NewClaims, ExitCode>> claims_of(Runtime& rt, Allocations& allocations,
                                                          const SectorAllocationClaims& sector) {
    using Out = std::expected<NewClaims, ExitCode>;
    NewClaims out;
    for (const auto& wanted : sector.claims) {
        STRATA_TRY(const auto a, allocations.get(wanted.client, wanted.allocation_id));
        if (!a) return Out(std::unexpect, ExitCode::not_found);
        if (!can_claim(wanted, rt.caller(), *a, rt.epoch(), sector.expiry))
            return Out(std::unexpect, ExitCode::forbidden);
        out.emplace_back(wanted.allocation_id, Claim{.provider = rt.caller(),
                                                     .client = a->client,
                                                     .data = a->data,
                                                     .size = a->size,
                                                     .term_min = a->term_min,
                                                     .term_max = a->term_max,
                                                     .term_start = rt.epoch(),
                                                     .sector = sector.sector});
    }
    return Out(std::move(out));
}

}  // namespace

ActorResult<ClaimAllocationsReturn> claim_allocations(Runtime& rt, const ClaimAllocationsParams& params) {
    STRATA_OK(rt.require_caller_type({ActorType::miner}));
    if (params.sectors.empty()) return illegal_argument("the request has 0 sectors, expected at least 1");
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(auto claims, Claims::load(rt, state.claims));
    STRATA_TRY(auto allocations, Allocations::load(rt, state.allocations));
    ClaimAllocationsReturn out;
    DataCap total;
    for (const auto& sector : params.sectors) {
        STRATA_TRY(const auto new_claims, claims_of(rt, allocations, sector));
        if (!new_claims) {
            out.sector_results.add_fail(new_claims.error());
            continue;
        }
        DataCap space;
        for (const auto& [id, claim] : *new_claims) {
            STRATA_TRY(const bool inserted, claims.put_if_absent(rt.caller(), id, claim));
            if (!inserted) return illegal_argument("claim " + std::to_string(id) + " already exists");
            STRATA_OK(emit(rt, "claim", id, claim));
            // The allocation becomes the claim and keeps its ID.
            STRATA_OK(allocations.remove(claim.client, id));
            space += BigInt(claim.size);
        }
        total += space;
        out.claimed_space.push_back(space);
        out.sector_results.add_success();
    }
    STRATA_TRY(state.allocations, allocations.flush());
    STRATA_TRY(state.claims, claims.flush());
    STRATA_OK(rt.set_state(state));
    if (params.all_or_nothing && !out.sector_results.all_ok())
        return illegal_argument("claims succeeded for " + std::to_string(out.sector_results.success_count) + " of " +
                                std::to_string(params.sectors.size()) + " sectors, although the request demands all");
    // The registry holds the tokens of an allocation until a claim uses them up.
    STRATA_OK(burn_datacap(rt, total));
    return out;
}

ActorResult<GetClaimsReturn> get_claims(Runtime& rt, const GetClaimsParams& params) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(const auto state, rt.state<State>());
    STRATA_TRY(auto claims, Claims::load(rt, state.claims));
    GetClaimsReturn out;
    for (const auto id : params.ids) {
        STRATA_TRY(auto claim, claims.get(params.provider, id));
        out.results.add(claim ? ExitCode::ok : ExitCode::not_found);
        if (claim) out.claims.push_back(std::move(*claim));
    }
    return out;
}

ActorResult<BatchReturn> extend_claim_terms(Runtime& rt, const ExtendClaimTermsParams& params) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(auto claims, Claims::load(rt, state.claims));
    BatchReturn out;
    for (const auto& term : params.terms) {
        if (term.term_max > kMaximumTerm) {
            out.add_fail(ExitCode::illegal_argument);
            continue;
        }
        STRATA_TRY(auto claim, claims.get(term.provider, term.claim));
        // Only the client may extend the term, because the client's datacap paid for the claim.
        const ExitCode code = !claim                            ? ExitCode::not_found
                              : claim->client != rt.caller()    ? ExitCode::forbidden
                              : term.term_max < claim->term_max ? ExitCode::illegal_argument
                                                                : ExitCode::ok;
        out.add(code);
        if (code != ExitCode::ok) continue;
        claim->term_max = term.term_max;
        STRATA_OK(claims.put(term.provider, term.claim, *claim));
        STRATA_OK(emit(rt, "claim-updated", term.claim, *claim));
    }
    STRATA_TRY(state.claims, claims.flush());
    STRATA_OK(rt.set_state(state));
    return out;
}

namespace {

Done check_request(Runtime& rt, const AllocationRequest& request) {
    if (BigInt(request.size) < rt.policy().minimum_verified_allocation_size)
        return illegal_argument("the allocation has " + std::to_string(request.size) + " bytes, expected at least " +
                                rt.policy().minimum_verified_allocation_size.to_string());
    if (request.term_min < kMinimumTerm)
        return illegal_argument("the minimum term is " + std::to_string(request.term_min) +
                                " epochs, expected at least " + std::to_string(kMinimumTerm));
    if (request.term_max > kMaximumTerm)
        return illegal_argument("the maximum term is " + std::to_string(request.term_max) +
                                " epochs, expected at most " + std::to_string(kMaximumTerm));
    if (request.term_min > request.term_max)
        return illegal_argument("the minimum term is " + std::to_string(request.term_min) +
                                " epochs, expected at most " + std::to_string(request.term_max) + ", the maximum term");
    if (request.expiration < rt.epoch())
        return illegal_argument("the allocation expires at epoch " + std::to_string(request.expiration) +
                                ", expected at least " + std::to_string(rt.epoch()) + ", the current epoch");
    if (request.expiration > rt.epoch() + kMaximumExpiration)
        return illegal_argument("the allocation expires at epoch " + std::to_string(request.expiration) +
                                ", expected at most " + std::to_string(rt.epoch() + kMaximumExpiration));
    STRATA_TRY(const auto type, rt.type_of(request.provider));
    if (type != ActorType::miner)
        return illegal_argument("the provider f0" + std::to_string(request.provider) +
                                " of the allocation is not a miner");
    return {};
}

Done check_extension(Runtime& rt, const ClaimExtensionRequest& request, const Claim& claim) {
    if (request.term_max > rt.epoch() + kMaximumTerm - claim.term_start)
        return illegal_argument("the new maximum term of claim " + std::to_string(request.claim) + " is " +
                                std::to_string(request.term_max) + " epochs, expected at most " +
                                std::to_string(rt.epoch() + kMaximumTerm - claim.term_start));
    if (request.term_max <= claim.term_max)
        return illegal_argument("the new maximum term of claim " + std::to_string(request.claim) + " is " +
                                std::to_string(request.term_max) + " epochs, expected more than " +
                                std::to_string(claim.term_max) + ", the present maximum term");
    // New datacap cannot revive a claim that has expired.
    if (rt.epoch() > claim.expires())
        return forbidden("claim " + std::to_string(request.claim) + " expired at epoch " +
                         std::to_string(claim.expires()) + "; the current epoch is " + std::to_string(rt.epoch()));
    return {};
}

}  // namespace

ActorResult<AllocationsResponse> receive(Runtime& rt, const UniversalReceiverParams& params) {
    STRATA_OK(rt.require_caller({kDatacapId}));
    if (params.type != datacap::kFrc46TokenType)
        return illegal_argument("the received token has type " + std::to_string(params.type) +
                                ", expected an FRC-46 token, type " + std::to_string(datacap::kFrc46TokenType));
    STRATA_TRY(const auto received, rt.check(from_received_cbor<datacap::TokenReceived>(params.payload),
                                             ExitCode::serialization, "hook payload"));
    if (received.to != rt.receiver())
        return illegal_argument("the tokens are for f0" + std::to_string(received.to) + ", expected f0" +
                                std::to_string(rt.receiver()));
    STRATA_TRY(const auto requests, rt.check(from_received_cbor<AllocationRequests>(received.operator_data),
                                             ExitCode::serialization, "allocation requests"));
    DataCap total;
    std::vector<Allocation> added;
    for (const auto& r : requests.allocations) {
        STRATA_OK(check_request(rt, r));
        added.push_back({.client = received.from,
                         .provider = r.provider,
                         .data = r.data,
                         .size = r.size,
                         .term_min = r.term_min,
                         .term_max = r.term_max,
                         .expiration = r.expiration});
        total += BigInt(r.size);
    }
    STRATA_TRY(const auto before, rt.state<State>());
    STRATA_TRY(auto old_claims, Claims::load(rt, before.claims));
    std::vector<std::pair<ClaimId, Claim>> extended;
    DataCap extension_total;
    for (const auto& r : requests.extensions) {
        STRATA_TRY(auto claim, old_claims.get(r.provider, r.claim));
        if (!claim)
            return not_found("provider f0" + std::to_string(r.provider) + " has no claim " + std::to_string(r.claim));
        STRATA_OK(check_extension(rt, r, *claim));
        claim->term_max = r.term_max;
        extension_total += BigInt(claim->size);
        extended.emplace_back(r.claim, std::move(*claim));
    }
    total += extension_total;
    if (total != div_trunc(received.amount, fil(1)))
        return illegal_argument("the message sends " + received.amount.to_string() + " attotokens, expected " +
                                (total * fil(1)).to_string() + " for the " + total.to_string() +
                                " bytes of its requests");
    // Tokens for an extension are burnt at once. The registry keeps the tokens of an allocation until the allocation is
    // claimed or expires. Burning calls the token actor, so the state is loaded only afterwards.
    STRATA_OK(burn_datacap(rt, extension_total));

    STRATA_TRY(auto state, rt.state<State>());
    AllocationsResponse out;
    out.allocation_results.success_count = static_cast<std::uint32_t>(added.size());
    out.extension_results.success_count = static_cast<std::uint32_t>(extended.size());
    if (!added.empty()) {
        STRATA_TRY(auto allocations, Allocations::load(rt, state.allocations));
        for (const auto& allocation : added) {
            out.new_allocations.push_back(state.next_allocation_id++);
            STRATA_OK(allocations.put(received.from, out.new_allocations.back(), allocation));
        }
        STRATA_TRY(state.allocations, allocations.flush());
    }
    for (std::size_t i = 0; i < added.size(); ++i) STRATA_OK(emit(rt, "allocation", out.new_allocations[i], added[i]));
    if (!extended.empty()) {
        STRATA_TRY(auto claims, Claims::load(rt, state.claims));
        for (const auto& [id, claim] : extended) STRATA_OK(claims.put(claim.provider, id, claim));
        STRATA_TRY(state.claims, claims.flush());
    }
    for (const auto& [id, claim] : extended) STRATA_OK(emit(rt, "claim-updated", id, claim));
    STRATA_OK(rt.set_state(state));
    return out;
}

}  // namespace strata::actors::verifreg
