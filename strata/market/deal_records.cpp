#include <strata/market/deal_records.hpp>

#include <algorithm>

namespace strata::market {
namespace {

constexpr std::string_view kDeals = "deals/deal/";
constexpr std::string_view kPublishing = "deals/publish/";
constexpr std::string_view kEscrow = "deals/escrow";
constexpr std::string_view kSettlements = "deals/settle/";

std::string key_of(std::string_view prefix, const Cid& cid) {
    return std::string(prefix) + cid.to_string();
}
// All numbers have the same length, so that the keys sort by number.
std::string settlement_key(std::uint64_t number) {
    const auto digits = std::to_string(number);
    return std::string(kSettlements) + std::string(20 - digits.size(), '0') + digits;
}

template <class T, class Take>
Status load_all(store::KeyValue& store, std::string_view prefix, Take take) {
    return store.for_each(prefix, [&](std::string_view key, BytesView value) -> Result<bool> {
        auto record = from_cbor<T>(value);
        if (!record) return std::move(record.error()).with_context(key);
        take(std::move(*record));
        return true;
    });
}

// Returns true for deals that wait for data or publication. They cost a client nothing, so their number is limited.
bool waits(const DealRecord& record) {
    return record.stage == DealStage::accepted || record.stage == DealStage::received;
}

}  // namespace

Status DealRecords::load(const std::function<Address(const DealProposal&)>& client_of) {
    const Lock lock(mutex_);
    std::vector<DealRecord> deals;
    STRATA_OK(load_all<DealRecord>(store_, kDeals, [&](DealRecord r) { deals.push_back(std::move(r)); }));
    for (auto& record : deals) {
        const Cid cid = proposal_cid(record.deal.proposal);
        clients_.emplace(cid, client_of(record.deal.proposal));
        deals_.emplace(cid, std::move(record));
    }
    STRATA_OK(load_all<PublishRecord>(store_, kPublishing,
                                      [&](PublishRecord r) { publishing_.emplace(r.message.cid(), std::move(r)); }));
    STRATA_OK(load_all<SignedMessage>(store_, kEscrow, [&](SignedMessage m) { escrow_ = std::move(m); }));
    std::vector<SettlementRecord> settlements;
    STRATA_OK(load_all<SettlementRecord>(store_, kSettlements,
                                         [&](SettlementRecord r) { settlements.push_back(std::move(r)); }));
    settlements_ = std::move(settlements);
    return {};
}

std::vector<DealRecord> DealRecords::deals() const {
    const Lock lock(mutex_);
    std::vector<DealRecord> out;
    for (const auto& [cid, record] : deals_) out.push_back(record);
    return out;
}

std::vector<DealRecord> DealRecords::deals_in(DealStage stage) const {
    auto out = deals();
    std::erase_if(out, [&](const DealRecord& record) { return record.stage != stage; });
    return out;
}

std::optional<DealRecord> DealRecords::find(const Cid& proposal) const {
    const Lock lock(mutex_);
    const auto it = deals_.find(proposal);
    return it == deals_.end() ? std::nullopt : std::optional(it->second);
}

// Among the deals that wait for data, chooses the oldest of the client that has the most waiting deals, with the
// newcomer's new deal counted. A client that floods the provider thus displaces its own deals. Returns null if no deal
// waits for data.
const Cid* DealRecords::deal_to_displace(const Address& newcomer) const {
    std::map<Address, std::size_t> waiting{{newcomer, 1}};
    for (const auto& [cid, record] : deals_)
        if (waits(record)) ++waiting[clients_.at(cid)];
    const Cid* out = nullptr;
    // A deal's rank: its client's waiting deals, then minus `since`, so that an older deal ranks higher.
    std::pair<std::size_t, ChainEpoch> highest;
    for (const auto& [cid, record] : deals_) {
        if (record.stage != DealStage::accepted) continue;
        const std::pair rank(waiting.at(clients_.at(cid)), -record.since);
        if (out != nullptr && rank <= highest) continue;
        out = &cid;
        highest = rank;
    }
    return out;
}

std::size_t DealRecords::count_failed() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(deals_, [](const auto& entry) { return entry.second.stage == DealStage::failed; }));
}

DealRecords::Waiting DealRecords::count_waiting(const Address& client) const {
    Waiting out;
    for (const auto& [cid, record] : deals_) {
        if (!waits(record)) continue;
        ++out.all;
        if (clients_.at(cid) == client) ++out.of_client;
    }
    return out;
}

// The displaced deal is kept as failed, or is forgotten if there are too many failed deals: a flood of proposals must
// not fill the store.
std::optional<DealRecords::Displaced> DealRecords::displaced_by(const Address& newcomer, ChainEpoch now,
                                                                const DealLimits& limits) const {
    const auto* oldest = deal_to_displace(newcomer);
    if (oldest == nullptr) return std::nullopt;
    Displaced out{*oldest, std::nullopt};
    if (count_failed() >= limits.failed) return out;
    auto& record = out.record.emplace(deals_.at(*oldest));
    record.stage = DealStage::failed;
    record.since = now;
    record.failure = "its data did not arrive before a newer deal needed the place; make a new proposal";
    return out;
}

void DealRecords::apply(Displaced displaced) {
    if (displaced.record) {
        deals_.at(displaced.cid) = std::move(*displaced.record);
        return;
    }
    deals_.erase(displaced.cid);
    clients_.erase(displaced.cid);
}

Result<bool> DealRecords::add(const DealRecord& record, const Address& client, const DealLimits& limits) {
    const Cid cid = proposal_cid(record.deal.proposal);
    const Lock writing(writing_);
    Lock lock(mutex_);
    if (deals_.contains(cid)) return false;
    const auto waiting = count_waiting(client);
    if (waiting.of_client >= limits.waiting_per_client)
        return fail(
            Errc::busy,
            "the client has " + std::to_string(waiting.of_client) +
                " deals that wait for data or publication, and may not have more; send their data, or try again later");
    std::vector<store::Write> batch{{key_of(kDeals, cid), to_cbor(record)}};
    std::optional<Displaced> displaced;
    if (waiting.all >= limits.waiting) {
        displaced = displaced_by(client, record.since, limits);
        if (!displaced)
            return fail(Errc::busy, std::to_string(waiting.all) + " deals wait for publication; try again later");
        const auto& left = displaced->record;
        batch.push_back({key_of(kDeals, displaced->cid), left ? std::optional(to_cbor(*left)) : std::nullopt});
    }
    lock.unlock();
    // Memory changes only after the store has, so that an error leaves both as they were.
    STRATA_OK(store_.write(batch));
    lock.lock();
    if (displaced) apply(std::move(*displaced));
    deals_.emplace(cid, record);
    clients_.emplace(cid, client);
    return true;
}

Result<bool> DealRecords::write(std::span<const DealRecord> records, DealStage from, std::vector<store::Write> batch) {
    const Lock writing(writing_);
    Lock lock(mutex_);
    for (const auto& record : records) {
        const Cid cid = proposal_cid(record.deal.proposal);
        const auto it = deals_.find(cid);
        if (it == deals_.end() || it->second.stage != from) return false;
        batch.push_back({key_of(kDeals, cid), to_cbor(record)});
    }
    lock.unlock();
    // Memory changes only after the store has, so that an error leaves both as they were.
    STRATA_OK(store_.write(batch));
    lock.lock();
    for (const auto& record : records) deals_.insert_or_assign(proposal_cid(record.deal.proposal), record);
    return true;
}

Status DealRecords::forget(const Cid& proposal) {
    const Lock writing(writing_);
    STRATA_OK(store_.remove(key_of(kDeals, proposal)));
    const Lock lock(mutex_);
    deals_.erase(proposal);
    clients_.erase(proposal);
    return {};
}

Result<bool> DealRecords::start_publishing(std::span<const DealRecord> records, const PublishRecord& message) {
    const Cid cid = message.message.cid();
    STRATA_TRY(const bool done, write(records, DealStage::received, {{key_of(kPublishing, cid), to_cbor(message)}}));
    if (done) publishing_.insert_or_assign(cid, message);
    return done;
}

Status DealRecords::end_publishing(std::span<const DealRecord> records, const Cid& message) {
    STRATA_TRY(const bool done, write(records, DealStage::publishing, {{key_of(kPublishing, message), std::nullopt}}));
    if (!done)
        return fail(Errc::internal, "a deal in the message " + message.to_string() + " is not in the publishing stage");
    publishing_.erase(message);
    return {};
}

Status DealRecords::set_escrow_message(std::optional<SignedMessage> message) {
    STRATA_OK(store_.write({{std::string(kEscrow), message ? std::optional(to_cbor(*message)) : std::nullopt}}));
    escrow_ = std::move(message);
    return {};
}

Status DealRecords::save_settlement(std::uint64_t number, const SettlementRecord& record) {
    const Lock writing(writing_);
    STRATA_OK(store_.put(settlement_key(number), to_cbor(record)));
    const Lock lock(mutex_);
    if (number == settlements_.size()) settlements_.emplace_back();
    settlements_.at(number) = record;
    return {};
}

std::vector<SettlementRecord> DealRecords::settlements() const {
    const Lock lock(mutex_);
    return settlements_;
}

}  // namespace strata::market
