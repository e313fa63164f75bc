#include <strata/actors/reward/streams.hpp>

#include <algorithm>
#include <set>

#include <strata/actors/reward/queued_call.hpp>

namespace strata::actors::reward {
namespace {

Error wrong(const std::string& what) {
    return fail(Errc::malformed, what);
}

std::string name(StreamId id) {
    return "stream " + std::to_string(id);
}

Status check_id_address(const Address& address, std::string_view what) {
    if (!address.as_id()) return wrong(std::string(what) + " " + address.to_string() + " is not an ID address");
    return {};
}

Status check_count(std::size_t count, std::size_t most, std::string_view what) {
    if (count > most)
        return wrong(std::string(what) + " are " + std::to_string(count) + ", expected at most " +
                     std::to_string(most));
    return {};
}

// Checks that the keys of the rows ascend without repetition.
template <class Rows, class Key>
Status check_order(const Rows& rows, Key key, std::string_view what) {
    for (std::size_t i = 1; i < rows.size(); ++i)
        if (!(key(rows[i - 1]) < key(rows[i])))
            return wrong(std::string(what) + " are not in ascending order, or one is there twice");
    return {};
}

constexpr auto recipient_of = [](const auto& row) { return row.recipient.as_id().value_or(0); };
constexpr auto id_of = [](const auto& row) { return row.id; };

Status check_table(const RecipientTable& rows, std::string_view what) {
    for (const auto& row : rows) {
        STRATA_OK(check_id_address(row.recipient, what));
        if (!(row.amount > TokenAmount(0)))
            return wrong("the " + std::string(what) + " has " + row.amount.to_string() + " attoFIL for " +
                         row.recipient.to_string() + ", expected more than 0");
    }
    return check_order(rows, recipient_of, "the recipients of the " + std::string(what));
}

// Returns the number of payable rows after a period is closed with the present shares.
std::size_t rows_after_closing(const Distribution& distribution) {
    std::set<ActorId> all;
    for (const auto& row : distribution.payable) all.insert(recipient_of(row));
    for (const auto& row : distribution.shares) all.insert(recipient_of(row));
    return all.size();
}

Status check_distribution(const Stream& stream) {
    const auto& distribution = *stream.distribution;
    STRATA_OK(check_id_address(distribution.writer, "the distribution writer"));
    STRATA_OK(check_shares(distribution.shares));
    STRATA_OK(check_table(distribution.payable, "payable table"));
    STRATA_OK(check_table(distribution.claimed_period, "table of claims"));
    STRATA_OK(check_payable_rows(stream));
    return check_count(distribution.claimed_period.size(), kMaxRecipients, "the claims of " + name(stream.id));
}

Status check_stream_table(const std::vector<Stream>& streams) {
    STRATA_OK(check_count(streams.size(), kMaxStreams, "the streams"));
    STRATA_OK(check_order(streams, id_of, "the IDs of the streams"));
    std::size_t implicit = 0;
    for (const auto& stream : streams) {
        if (stream.id == 0) return wrong("the ID of a stream is 0, which is reserved");
        if (stream.distribution)
            STRATA_OK(check_distribution(stream));
        else
            ++implicit;
    }
    return check_count(implicit, 1, "the streams without a distribution");
}

Status check_pending(const StreamsState& state, const std::set<StreamId>& taken) {
    STRATA_OK(check_count(state.pending.size(), kMaxPendingWrites, "the pending changes of the streams"));
    std::set<std::pair<StreamId, WriteOp>> keys;
    ChainEpoch last = std::numeric_limits<ChainEpoch>::min();
    for (const auto& write : state.pending) {
        STRATA_OK(decode_call(write));
        if (write.effective_epoch < last) return wrong("the pending changes of the streams are not in order");
        last = write.effective_epoch;
        if (!keys.emplace(write.id.value_or(0), write.op).second)
            return wrong("two pending changes of the streams have the same purpose");
        if (write.op == WriteOp::register_stream && taken.contains(*write.id))
            return wrong("a pending registration uses the ID of " + name(*write.id));
    }
    return {};
}

// Checks that nobody has claimed more in this period than the shares give.
Status check_claims(const Distribution& distribution, const StreamAccrual& accrual) {
    const BigInt total(distribution.share_total());
    if (total.is_zero() && !accrual.amount.is_zero()) return wrong(name(accrual.id) + " has earned without recipients");
    for (const auto& claimed : distribution.claimed_period) {
        const auto at = std::ranges::find(distribution.shares, claimed.recipient, &RecipientShare::recipient);
        if (at == distribution.shares.end())
            return wrong(claimed.recipient.to_string() + " has claimed from " + name(accrual.id) + " without a share");
        const TokenAmount earned = div_floor(accrual.amount * BigInt(at->share), total);
        if (claimed.amount > earned)
            return wrong(claimed.recipient.to_string() + " has claimed " + claimed.amount.to_string() + " from " +
                         name(accrual.id) + ", expected at most " + earned.to_string());
    }
    return {};
}

Status check_accounts(const StreamsState& state, const std::vector<StreamAccrual>& accrued) {
    STRATA_OK(check_order(accrued, id_of, "the IDs of the accruals"));
    std::size_t explicit_streams = 0;
    for (const auto& stream : state.streams) explicit_streams += stream.distribution ? 1 : 0;
    if (explicit_streams != accrued.size())
        return wrong(std::to_string(accrued.size()) + " streams have accruals, expected " +
                     std::to_string(explicit_streams));
    for (const auto& accrual : accrued) {
        if (accrual.amount.is_negative()) return wrong("the accrual of " + name(accrual.id) + " is negative");
        const auto at = std::ranges::find(state.streams, accrual.id, &Stream::id);
        if (at == state.streams.end() || !at->distribution)
            return wrong(name(accrual.id) + " has an accrual, but it is not an explicit stream");
        STRATA_OK(check_claims(*at->distribution, accrual));
    }
    return {};
}

}  // namespace

std::uint64_t Distribution::share_total() const {
    std::uint64_t total = 0;
    for (const auto& row : shares) total += row.share;
    return total;
}

const TokenAmount& baseline_mint_total() {
    static const TokenAmount total = BigInt::constant("768335872210768889362796814");
    return total;
}

Status check_shares(const std::vector<RecipientShare>& shares) {
    STRATA_OK(check_count(shares.size(), kMaxRecipients, "the recipients of a stream"));
    BigInt total;
    for (const auto& row : shares) {
        STRATA_OK(check_id_address(row.recipient, "the share recipient"));
        if (row.share == 0) return wrong("the share of " + row.recipient.to_string() + " is 0, expected more");
        if (row.recipient == Address::id(kBurntFundsId)) return wrong("the burnt funds actor has a share of a stream");
        total += BigInt(row.share);
    }
    STRATA_OK(check_order(shares, recipient_of, "the recipients of a stream"));
    if (total > BigInt(kDenominator))
        return wrong("the shares of a stream sum to " + total.to_string() + ", expected at most " +
                     std::to_string(kDenominator));
    return {};
}

Status check_payable_rows(const Stream& stream) {
    return check_count(rows_after_closing(*stream.distribution), kMaxPayableRows,
                       "the payable rows of " + name(stream.id));
}

// A pending removal reserves the rows that its tombstone may have.
Status check_tombstone_rows(const StreamsState& state) {
    std::size_t rows = 0;
    for (const auto& tombstone : state.tombstones) rows += tombstone.payable.size();
    for (const auto& write : state.pending) {
        if (write.op != WriteOp::remove_stream) continue;
        const auto at = std::ranges::find(state.streams, *write.id, &Stream::id);
        const bool is_explicit = at != state.streams.end() && at->distribution;
        rows += is_explicit ? std::max(kMaxRecipients, rows_after_closing(*at->distribution)) : kMaxRecipients;
    }
    return check_count(rows, kMaxTombstoneRows, "the rows of tombstones");
}

Status check_streams(const StreamsState& state, const std::vector<StreamAccrual>& accrued) {
    STRATA_OK(check_stream_table(state.streams));
    STRATA_OK(check_order(state.tombstones, id_of, "the IDs of the tombstones"));
    std::set<StreamId> taken;
    for (const auto& stream : state.streams) taken.insert(stream.id);
    for (const auto& tombstone : state.tombstones) {
        if (tombstone.id == 0 || !taken.insert(tombstone.id).second)
            return wrong("a tombstone has the ID " + std::to_string(tombstone.id) + ", which is reserved or in use");
        if (tombstone.payable.empty()) return wrong("the tombstone of " + name(tombstone.id) + " owes nothing");
        STRATA_OK(check_table(tombstone.payable, "table of a tombstone"));
    }
    STRATA_OK(check_pending(state, taken));
    STRATA_OK(check_tombstone_rows(state));
    return check_accounts(state, accrued);
}

Result<QueuedCall> decode_call(const PendingWrite& write) {
    const bool of_all = write.op == WriteOp::set_weight_records || write.op == WriteOp::step_weight_records;
    if (of_all == write.id.has_value())
        return wrong("a pending change names a stream and its kind does not, or the reverse");
    switch (write.op) {
        case WriteOp::set_weight_records:
        case WriteOp::step_weight_records: {
            STRATA_TRY(auto call, from_cbor<SetWeights>(write.payload));
            if (call.updates.empty()) return wrong("a pending change of weights is empty");
            STRATA_OK(check_order(call.updates, id_of, "the IDs of a change of weights"));
            for (const auto& update : call.updates) STRATA_OK(check_weight(update.weight));
            return QueuedCall(std::move(call));
        }
        case WriteOp::register_stream: {
            STRATA_TRY(auto call, from_cbor<RegisterStream>(write.payload));
            STRATA_OK(check_weight(call.weight));
            if (call.distribution) {
                STRATA_OK(check_id_address(call.distribution->writer, "the distribution writer"));
                STRATA_OK(check_shares(call.distribution->shares));
            }
            return QueuedCall(std::move(call));
        }
        case WriteOp::remove_stream:
            STRATA_OK(from_cbor<RemoveStream>(write.payload));
            return QueuedCall(RemoveStream{});
        case WriteOp::set_distribution: {
            STRATA_TRY(auto call, from_cbor<SetDistribution>(write.payload));
            STRATA_OK(check_id_address(call.writer, "the distribution writer"));
            return QueuedCall(std::move(call));
        }
    }
    return wrong("a pending change has the kind " + std::to_string(static_cast<unsigned>(write.op)) +
                 ", expected 0 to 4");
}

}  // namespace strata::actors::reward
