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
// Of one length, so that they sort by number.
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

bool waits(const DealRecord& record) {
    return record.stage == DealStage::accepted || record.stage == DealStage::received;
}

}  // namespace

Status DealRecords::load() {
    STRATA_OK(load_all<DealRecord>(store_, kDeals,
                                   [&](DealRecord r) { deals_.emplace(proposal_cid(r.deal.proposal), std::move(r)); }));
    STRATA_OK(load_all<PublishRecord>(store_, kPublishing,
                                      [&](PublishRecord r) { publishing_.emplace(r.message.cid(), std::move(r)); }));
    STRATA_OK(load_all<SignedMessage>(store_, kEscrow, [&](SignedMessage m) { escrow_ = std::move(m); }));
    return load_all<SettlementRecord>(store_, kSettlements,
                                      [&](SettlementRecord r) { settlements_.push_back(std::move(r)); });
}

std::vector<DealRecord> DealRecords::deals() const {
    const std::lock_guard lock(mutex_);
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
    const std::lock_guard lock(mutex_);
    const auto it = deals_.find(proposal);
    return it == deals_.end() ? std::nullopt : std::optional(it->second);
}

Result<bool> DealRecords::add(const DealRecord& record, std::size_t most) {
    const Cid cid = proposal_cid(record.deal.proposal);
    const std::lock_guard lock(mutex_);
    if (deals_.contains(cid)) return false;
    if (std::ranges::count_if(deals_, [](const auto& entry) { return waits(entry.second); }) >=
        static_cast<std::ptrdiff_t>(most))
        return fail(Errc::busy, "too many deals wait already: try again later");
    STRATA_OK(store_.put(key_of(kDeals, cid), to_cbor(record)));
    deals_.emplace(cid, record);
    return true;
}

Result<bool> DealRecords::write(std::span<const DealRecord> records, DealStage from, std::vector<store::Write> batch,
                                const std::function<void()>& also) {
    const std::lock_guard lock(mutex_);
    for (const auto& record : records) {
        const Cid cid = proposal_cid(record.deal.proposal);
        const auto it = deals_.find(cid);
        if (it == deals_.end() || it->second.stage != from) return false;
        batch.push_back({key_of(kDeals, cid), to_cbor(record)});
    }
    STRATA_OK(store_.write(batch));
    for (const auto& record : records) deals_.insert_or_assign(proposal_cid(record.deal.proposal), record);
    if (also) also();
    return true;
}

Status DealRecords::forget(const Cid& proposal) {
    const std::lock_guard lock(mutex_);
    STRATA_OK(store_.remove(key_of(kDeals, proposal)));
    deals_.erase(proposal);
    return {};
}

Result<bool> DealRecords::start_publishing(std::span<const DealRecord> records, const PublishRecord& message) {
    const Cid cid = message.message.cid();
    return write(records, DealStage::received, {{key_of(kPublishing, cid), to_cbor(message)}},
                 [&] { publishing_.insert_or_assign(cid, message); });
}

Status DealRecords::end_publishing(std::span<const DealRecord> records, const Cid& message) {
    STRATA_TRY(const bool done, write(records, DealStage::publishing, {{key_of(kPublishing, message), std::nullopt}},
                                      [&] { publishing_.erase(message); }));
    return done ? Status{} : fail(Errc::internal, "a deal left its message");
}

Status DealRecords::set_escrow_message(std::optional<SignedMessage> message) {
    STRATA_OK(store_.write({{std::string(kEscrow), message ? std::optional(to_cbor(*message)) : std::nullopt}}));
    escrow_ = std::move(message);
    return {};
}

Status DealRecords::save_settlement(std::uint64_t number, const SettlementRecord& record) {
    const std::lock_guard lock(mutex_);
    STRATA_OK(store_.put(settlement_key(number), to_cbor(record)));
    if (number == settlements_.size()) settlements_.emplace_back();
    settlements_.at(number) = record;
    return {};
}

std::vector<SettlementRecord> DealRecords::settlements() const {
    const std::lock_guard lock(mutex_);
    return settlements_;
}

}  // namespace strata::market
