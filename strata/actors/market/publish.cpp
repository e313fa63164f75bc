// PublishStorageDeals checks the proposals. For those that are valid, it locks funds and writes records.
#include <set>

#include <strata/actors/account/state.hpp>
#include <strata/actors/datacap/types.hpp>
#include <strata/actors/market/handlers.hpp>
#include <strata/actors/power/state.hpp>
#include <strata/actors/reward/state.hpp>
#include <strata/actors/verifreg/types.hpp>
#include <strata/types/piece.hpp>

namespace strata::actors::market {
namespace {

constexpr MethodNumber kIsControllingAddress = 348244887;
constexpr ChainEpoch kAllocationTermBuffer = 90 * kEpochsInDay;

struct NetworkView {
    StoragePower baseline;
    StoragePower raw_power;
    TokenAmount circulating;
};

ActorResult<NetworkView> network_view(Runtime& rt) {
    STRATA_TRY(const auto reward,
               rt.ask<reward::ThisEpochRewardReturn>(Address::id(kRewardId), reward::kThisEpochReward, {}));
    STRATA_TRY(const auto power,
               rt.ask<power::CurrentTotalPowerReturn>(Address::id(kPowerId), power::kCurrentTotalPower, {}));
    STRATA_TRY(auto circulating, rt.circulating_supply());
    return NetworkView{reward.this_epoch_baseline_power, power.raw_byte_power, std::move(circulating)};
}

// Returns true for an amount from `minimum` to the total supply of FIL.
bool is_allowed_amount(const TokenAmount& amount, const TokenAmount& minimum) {
    return amount >= minimum && amount <= total_filecoin();
}

// Returns true if the terms of the proposal are within the limits of the protocol.
bool terms_are_valid(Runtime& rt, const DealProposal& p, const NetworkView& network) {
    // The padded size of a piece is a power of two of at least 128 bytes, which hold 127 bytes of data.
    const bool size_ok = p.piece_size >= 128 && (p.piece_size & (p.piece_size - 1)) == 0;
    const bool epochs_ok = p.end_epoch > p.start_epoch && rt.epoch() <= p.start_epoch && p.duration() >= kMinDuration &&
                           p.duration() <= kMaxDuration;
    return p.label.size() <= kMaxLabel && size_ok && is_piece_cid(p.piece_cid) && epochs_ok &&
           is_allowed_amount(p.storage_price_per_epoch, 0) &&
           is_allowed_amount(p.provider_collateral, least_provider_collateral(rt.policy(), p.piece_size,
                                                                              max(network.raw_power, network.baseline),
                                                                              network.circulating)) &&
           is_allowed_amount(p.client_collateral, 0);
}

// Asks the client's actor whether it signed the proposal, so that contracts can be clients too.
ActorResult<bool> is_authentic(Runtime& rt, const ClientDealProposal& deal) {
    const account::AuthenticateMessageParams params{deal.client_signature.data, to_cbor(deal.proposal)};
    STRATA_TRY(const auto reply, rt.send(deal.proposal.client, account::kAuthenticateMessage, to_cbor(params), 0,
                                         {.gas_limit = {}, .read_only = true}));
    if (!reply.ok() || !reply.data) return false;
    const auto answer = from_received_cbor<bool>(*reply.data);
    return answer && *answer;
}

struct Accepted {
    DealProposal proposal;  // with ID addresses
    Bytes serialized;
    Cid cid;
};

class Batch {
  public:
    Batch(Runtime& rt, Ledger& ledger, ActorId provider, Address provider_as_written)
        : rt_(rt), ledger_(ledger), provider_(provider), provider_as_written_(std::move(provider_as_written)) {}

    /// Accepts a proposal and returns true if these conditions hold: its provider is the batch's provider, the escrow
    /// of both parties covers it in addition to the deals accepted before, it was not published before, and the
    /// client's datacap suffices.
    ActorResult<bool> consider(DealProposal proposal) {
        if (proposal.provider != Address::id(provider_) && proposal.provider != provider_as_written_) return false;
        STRATA_TRY(const auto client, rt_.resolve(proposal.client));
        if (!client) return false;
        const TokenAmount client_lockup = client_lockup_[*client] + proposal.client_balance_requirement();
        STRATA_TRY(const bool client_covered, ledger_.covers(Address::id(*client), client_lockup));
        if (!client_covered) return false;
        const TokenAmount provider_lockup = provider_lockup_ + proposal.provider_collateral;
        STRATA_TRY(const bool provider_covered, ledger_.covers(Address::id(provider_), provider_lockup));
        if (!provider_covered) return false;
        proposal.provider = Address::id(provider_);
        proposal.client = Address::id(*client);
        STRATA_TRY(const Cid cid, proposal_cid(rt_, proposal));
        STRATA_TRY(const bool pending, ledger_.is_pending(cid));
        if (pending || cids_.contains(cid)) return false;
        // Since version 19 a deal that calls itself verified is a deal like any other.
        if (proposal.verified_deal && !rt_.policy().solstice) {
            STRATA_TRY(const bool enough, reserve_datacap(*client, proposal, cid));
            if (!enough) return false;
        }
        provider_lockup_ = provider_lockup;
        client_lockup_[*client] = client_lockup;
        cids_.insert(cid);
        accepted_.push_back({proposal, to_cbor(proposal), cid});
        return true;
    }

    /// Makes the allocations of the verified deals, with one datacap transfer for each client.
    Done allocate() {
        for (const auto& [client, requests] : allocation_requests_) {
            verifreg::AllocationRequests wanted;
            BigInt size;
            for (const auto& [cid, request] : requests) {
                wanted.allocations.push_back(request);
                size += BigInt(request.size);
            }
            const datacap::TransferFromParams params{Address::id(client), Address::id(kVerifiedRegistryId),
                                                     size * fil(1), to_cbor(wanted)};
            STRATA_OK(transfer(client, params, requests));
        }
        return {};
    }

    const std::vector<Accepted>& accepted() const { return accepted_; }
    std::optional<std::uint64_t> allocation_of(const Cid& cid) const {
        const auto it = allocations_.find(cid);
        return it == allocations_.end() ? std::nullopt : std::optional(it->second);
    }

  private:
    using Requests = std::vector<std::pair<Cid, verifreg::AllocationRequest>>;

    // Reserves the client's datacap for a verified deal and adds the request for its allocation. Returns false if the
    // client has too little.
    ActorResult<bool> reserve_datacap(ActorId client, const DealProposal& p, const Cid& cid) {
        auto it = datacap_.find(client);
        if (it == datacap_.end()) {
            auto balance =
                rt_.ask<TokenAmount>(Address::id(kDatacapId), datacap::kBalance, to_cbor(Address::id(client)));
            if (!balance) {
                if (balance.error().kind != Abort::Kind::exit) return std::move(balance).error();
                return not_found("the datacap balance of f0" + std::to_string(client) +
                                 " cannot be read: " + balance.error().message);
            }
            it = datacap_.emplace(client, *balance).first;
        }
        const TokenAmount needed = BigInt(p.piece_size) * fil(1);
        if (it->second < needed) return false;
        it->second -= needed;
        const ChainEpoch term = p.duration();
        allocation_requests_[client].emplace_back(
            cid, verifreg::AllocationRequest{
                     .provider = provider_,
                     .data = p.piece_cid,
                     .size = p.piece_size,
                     .term_min = term,
                     .term_max = std::min(term + kAllocationTermBuffer, verifreg::kMaximumTerm),
                     .expiration = std::min(p.start_epoch, rt_.epoch() + verifreg::kMaximumExpiration),
                 });
        return true;
    }

    Done transfer(ActorId client, const datacap::TransferFromParams& params, const Requests& requests) {
        auto reply =
            rt_.ask<datacap::TransferFromReturn>(Address::id(kDatacapId), datacap::kTransferFrom, to_cbor(params));
        if (!reply) {
            if (reply.error().kind != Abort::Kind::exit) return std::move(reply).error();
            return illegal_state("the datacap of f0" + std::to_string(client) +
                                 " cannot be transferred: " + reply.error().message);
        }
        const auto response = from_received_cbor<verifreg::AllocationsResponse>(reply->recipient_data);
        if (!response)
            return illegal_state("the answer of the verified registry cannot be decoded: " +
                                 response.error().message());
        if (response->new_allocations.size() != requests.size())
            return illegal_state("the verified registry made " + std::to_string(response->new_allocations.size()) +
                                 " allocations, expected " + std::to_string(requests.size()));
        for (std::size_t i = 0; i < requests.size(); ++i)
            allocations_[requests[i].first] = response->new_allocations[i];
        return {};
    }

    Runtime& rt_;
    Ledger& ledger_;
    ActorId provider_;
    Address provider_as_written_;
    TokenAmount provider_lockup_;
    std::map<ActorId, TokenAmount> client_lockup_;
    std::map<ActorId, TokenAmount> datacap_;  // the balance left after the deals so far
    std::map<ActorId, Requests> allocation_requests_;
    std::map<Cid, std::uint64_t> allocations_;
    std::set<Cid> cids_;
    std::vector<Accepted> accepted_;
};

ActorResult<ActorId> find_provider(Runtime& rt, const Address& address) {
    STRATA_TRY(const auto id, rt.resolve(address));
    if (!id) return not_found("provider " + address.to_string() + " has no actor");
    STRATA_TRY(const auto type, rt.type_of(*id));
    if (!type) return not_found("provider " + address.to_string() + " does not exist");
    if (*type != ActorType::miner)
        return illegal_argument("provider " + address.to_string() + " is not a storage miner");
    STRATA_TRY(const bool controlling,
               rt.ask<bool>(Address::id(*id), kIsControllingAddress, to_cbor(Address::id(rt.caller()))));
    if (!controlling)
        return forbidden("the caller f0" + std::to_string(rt.caller()) + " does not control provider " +
                         address.to_string());
    return *id;
}

// Writes the accepted deals and returns their IDs. The ledger is loaded again, because the transfers of datacap have
// called other actors since the batch was made.
ActorResult<std::vector<DealId>> write_deals(Runtime& rt, const Batch& batch) {
    STRATA_TRY(auto ledger, Ledger::load(rt));
    std::vector<DealId> ids;
    for (const auto& deal : batch.accepted()) {
        STRATA_OK(ledger.lock_for(deal.proposal));
        STRATA_OK(ledger.put_pending(deal.cid));
        const DealId id = ledger.state().next_id++;
        STRATA_OK(ledger.put_proposal(id, deal.proposal));
        if (const auto allocation = batch.allocation_of(deal.cid)) STRATA_OK(ledger.put_allocation(id, *allocation));
        STRATA_OK(ledger.schedule(next_update_epoch(id, deal.proposal.start_epoch), id));
        ids.push_back(id);
    }
    STRATA_OK(ledger.save());
    return ids;
}

// Notifies the client of its deal. If the client refuses, the complete message fails: a contract must not become a
// client without its consent.
Done notify(Runtime& rt, const Accepted& deal, DealId id) {
    const MarketNotifyDealParams params{deal.serialized, id};
    auto notified = rt.call(deal.proposal.client, kMarketNotifyDeal, to_cbor(params), 0);
    if (!notified) {
        if (notified.error().kind != Abort::Kind::exit) return std::move(notified).error();
        return illegal_argument("client " + deal.proposal.client.to_string() + " refused the notification of deal " +
                                std::to_string(id) + ": " + notified.error().message);
    }
    return emit_deal(rt, "deal-published", id, deal.proposal);
}

}  // namespace

TokenAmount least_provider_collateral(const Policy& policy, std::uint64_t padded_size,
                                      const StoragePower& network_power, const TokenAmount& circulating) {
    const BigInt piece(padded_size);
    return div_floor(piece * circulating * BigInt(policy.provider_collateral_supply_target_num),
                     max(network_power, piece) * BigInt(policy.provider_collateral_supply_target_denom));
}

// The visits of a deal are one interval apart, at an offset that its ID gives, so that nobody can pile up the work of
// cron on one epoch.
ChainEpoch next_update_epoch(DealId id, ChainEpoch earliest) {
    const auto offset = static_cast<ChainEpoch>(id) % kDealUpdatesInterval;
    const ChainEpoch distance = earliest - offset;
    const ChainEpoch whole = distance / kDealUpdatesInterval;
    // Integer division rounds a negative distance up already.
    const bool is_rounded_up = distance % kDealUpdatesInterval == 0 || distance < 0;
    return kDealUpdatesInterval * (is_rounded_up ? whole : whole + 1) + offset;
}

ActorResult<PublishStorageDealsReturn> publish_storage_deals(Runtime& rt, const PublishStorageDealsParams& params) {
    STRATA_OK(rt.accept_any());
    if (params.deals.empty()) return illegal_argument("the message publishes 0 deals, expected at least one");
    const Address& provider_address = params.deals[0].proposal.provider;
    STRATA_TRY(const ActorId provider, find_provider(rt, provider_address));
    STRATA_TRY(const auto network, network_view(rt));
    // A client that is asked may call back into the market, so the clients are asked before the state is read.
    std::vector<bool> valid;
    for (const auto& deal : params.deals) {
        STRATA_TRY(const bool authentic, is_authentic(rt, deal));
        valid.push_back(authentic && terms_are_valid(rt, deal.proposal, network));
    }
    STRATA_TRY(auto ledger, Ledger::load(rt));
    Batch batch(rt, ledger, provider, provider_address);
    PublishStorageDealsReturn out;
    for (std::size_t i = 0; i < params.deals.size(); ++i) {
        if (!valid[i]) continue;
        STRATA_TRY(const bool accepted, batch.consider(params.deals[i].proposal));
        if (accepted) out.valid_deals.set(i);
    }
    STRATA_OK(batch.allocate());
    if (batch.accepted().empty())
        return illegal_argument("all " + std::to_string(params.deals.size()) +
                                " deal proposals are invalid; at least one must be valid");
    STRATA_TRY(out.ids, write_deals(rt, batch));
    for (std::size_t i = 0; i < out.ids.size(); ++i) STRATA_OK(notify(rt, batch.accepted()[i], out.ids[i]));
    return out;
}

}  // namespace strata::actors::market
