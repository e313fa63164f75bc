#include <strata/actors/reward/ledger.hpp>

#include <algorithm>
#include <set>

namespace strata::actors::reward {
namespace {

Error wrong(const std::string& what) {
    return fail(Errc::malformed, what);
}

TokenAmount sum_of(const RecipientTable& table) {
    TokenAmount out;
    for (const auto& row : table) out += row.amount;
    return out;
}

ActorId id_of(const Address& address) {
    return address.as_id().value_or(0);
}
constexpr auto recipient_id = [](const auto& row) { return id_of(row.recipient); };

TokenAmount amount_of(const RecipientTable& table, const Address& recipient) {
    const auto at = std::ranges::find(table, recipient, &RecipientAmount::recipient);
    return at == table.end() ? TokenAmount(0) : at->amount;
}

void add_to(RecipientTable& table, const Address& recipient, const TokenAmount& amount) {
    if (amount.is_zero()) return;
    const auto at = std::ranges::lower_bound(table, id_of(recipient), {}, recipient_id);
    if (at != table.end() && at->recipient == recipient)
        at->amount += amount;
    else
        table.insert(at, {recipient, amount});
}

// Removes a row and returns its amount, which is 0 if there is none.
TokenAmount take_from(RecipientTable& table, const Address& recipient) {
    const auto at = std::ranges::find(table, recipient, &RecipientAmount::recipient);
    if (at == table.end()) return 0;
    TokenAmount out = std::move(at->amount);
    table.erase(at);
    return out;
}

// Closes the period of a stream: what its recipients earned and did not claim becomes payable.
Fold close_period(StreamId id, std::string_view cause, Distribution& distribution, TokenAmount& pool) {
    const BigInt total(distribution.share_total());
    Fold out{id, cause, pool, pool};
    for (const auto& row : distribution.shares) {
        const TokenAmount earned = div_floor(pool * BigInt(row.share), total);
        out.dust -= earned;
        add_to(distribution.payable, row.recipient, earned - amount_of(distribution.claimed_period, row.recipient));
    }
    distribution.claimed_period.clear();
    pool = 0;
    return out;
}

auto find_stream(Ledger& ledger, StreamId id) {
    return std::ranges::find(ledger.streams.streams, id, &Stream::id);
}
auto find_accrual(Ledger& ledger, StreamId id) {
    return std::ranges::find(ledger.accrued, id, &StreamAccrual::id);
}

// Inserts a row into a list that is in ascending order of the IDs.
template <class Row>
void insert_by_id(std::vector<Row>& rows, Row row) {
    const auto at = std::ranges::lower_bound(rows, row.id, {}, &Row::id);
    rows.insert(at, std::move(row));
}

// Each of these applies one change and adds to `changes` what it did. It returns false if the change is not possible
// any more.
bool apply(Ledger& ledger, const PendingWrite&, const SetWeights& call, Changes&) {
    for (const auto& update : call.updates) {
        const auto at = find_stream(ledger, update.id);
        if (at == ledger.streams.streams.end()) return false;
        at->weight = update.weight;
    }
    return true;
}

bool apply(Ledger& ledger, const PendingWrite& write, const RegisterStream& call, Changes& changes) {
    const StreamId id = write.id.value_or(0);
    auto& streams = ledger.streams.streams;
    const auto is_implicit = [](const Stream& stream) { return !stream.distribution; };
    if (id == 0 || find_stream(ledger, id) != streams.end() || streams.size() >= kMaxStreams) return false;
    if (std::ranges::find(ledger.streams.tombstones, id, &Tombstone::id) != ledger.streams.tombstones.end())
        return false;
    if (!call.distribution && std::ranges::any_of(streams, is_implicit)) return false;
    Stream stream{id, call.weight, {}};
    if (call.distribution) {
        stream.distribution = Distribution{call.distribution->writer, call.distribution->shares, {}, {}};
        insert_by_id(ledger.accrued, StreamAccrual{id, 0});
        changes.installed.push_back({id, call.distribution->shares});
    }
    insert_by_id(streams, std::move(stream));
    return true;
}

bool apply(Ledger& ledger, const PendingWrite& write, const RemoveStream&, Changes& changes) {
    const StreamId id = write.id.value_or(0);
    const auto at = find_stream(ledger, id);
    if (at == ledger.streams.streams.end()) return false;
    Stream removed = std::move(*at);
    ledger.streams.streams.erase(at);
    if (!removed.distribution) return true;
    const auto accrual = find_accrual(ledger, id);
    if (accrual == ledger.accrued.end()) return false;
    changes.folds.push_back(close_period(id, "RemoveStream", *removed.distribution, accrual->amount));
    ledger.accrued.erase(accrual);
    if (!removed.distribution->payable.empty())
        insert_by_id(ledger.streams.tombstones, Tombstone{id, std::move(removed.distribution->payable)});
    return true;
}

bool apply(Ledger& ledger, const PendingWrite& write, const SetDistribution& call, Changes& changes) {
    const StreamId id = write.id.value_or(0);
    const auto at = find_stream(ledger, id);
    const auto accrual = find_accrual(ledger, id);
    if (at == ledger.streams.streams.end() || !at->distribution || accrual == ledger.accrued.end()) return false;
    changes.folds.push_back(close_period(id, "SetDistribution", *at->distribution, accrual->amount));
    at->distribution->writer = call.writer;
    return true;
}

// Applies one change at the epoch at which it is due. If it is not possible, or the weights would not fit afterwards,
// the ledger stays.
bool apply_one(Ledger& ledger, const PendingWrite& write, Changes& changes) {
    const auto call = decode_call(write);
    if (!call) return false;
    Ledger next = ledger;
    Changes effects;
    const bool applied = std::visit([&](const auto& change) { return apply(next, write, change, effects); }, *call);
    if (!applied || !check_schedule(next.streams.streams, write.effective_epoch)) return false;
    ledger = std::move(next);
    std::ranges::move(effects.folds, std::back_inserter(changes.folds));
    std::ranges::move(effects.installed, std::back_inserter(changes.installed));
    return true;
}

// A purpose: the queue has one change at most for each.
using Key = std::pair<StreamId, WriteOp>;

Key key_of(const PendingWrite& write) {
    return {write.id.value_or(0), write.op};
}

// Returns the purposes of the pending changes that will be possible when they are due.
std::set<Key> possible(Ledger ledger) {
    std::set<Key> out;
    Changes ignored;
    const auto queue = ledger.streams.pending;
    for (const auto& write : queue)
        if (apply_one(ledger, write, ignored)) out.insert(key_of(write));
    return out;
}

// Checks a registration against the streams and the queue as they are now.
Status check_new_stream(const StreamsState& streams, const PendingWrite& write, ChainEpoch earliest) {
    const StreamId id = write.id.value_or(0);
    if (id == 0) return wrong("the ID of the new stream is 0, which is reserved");
    const auto has_id = [&](const auto& rows) {
        return std::ranges::any_of(rows, [&](auto& r) { return r.id == id; });
    };
    if (has_id(streams.streams) || has_id(streams.tombstones))
        return wrong("the ID of the new stream, " + std::to_string(id) + ", is in use");
    if (write.effective_epoch < earliest)
        return wrong("the new stream begins at epoch " + std::to_string(write.effective_epoch) +
                     ", expected at least " + std::to_string(earliest));
    return {};
}

Result<ChainEpoch> end_of_timelock(ChainEpoch now, ChainEpoch timelock) {
    if (timelock < 0 || now > std::numeric_limits<ChainEpoch>::max() - timelock)
        return wrong("the timelock of " + std::to_string(timelock) + " epochs makes no sense at epoch " +
                     std::to_string(now));
    return now + timelock;
}

TokenAmount take_live(Distribution& distribution, const TokenAmount& pool, const Address& wallet) {
    const auto at = std::ranges::find(distribution.shares, wallet, &RecipientShare::recipient);
    TokenAmount live;
    if (at != distribution.shares.end())
        live = div_floor(pool * BigInt(at->share), BigInt(distribution.share_total())) -
               amount_of(distribution.claimed_period, wallet);
    add_to(distribution.claimed_period, wallet, live);
    return live + take_from(distribution.payable, wallet);
}

}  // namespace

TokenAmount Changes::dust() const {
    TokenAmount out;
    for (const auto& fold : folds) out += fold.dust;
    return out;
}

TokenAmount liability(const Ledger& ledger) {
    TokenAmount out;
    for (const auto& accrual : ledger.accrued) out += accrual.amount;
    for (const auto& stream : ledger.streams.streams)
        if (stream.distribution)
            out += sum_of(stream.distribution->payable) - sum_of(stream.distribution->claimed_period);
    for (const auto& tombstone : ledger.streams.tombstones) out += sum_of(tombstone.payable);
    return out;
}

Changes apply_due(Ledger& ledger, ChainEpoch epoch) {
    auto& pending = ledger.streams.pending;
    const auto end = std::ranges::find_if(pending, [&](const auto& write) { return write.effective_epoch > epoch; });
    std::vector<PendingWrite> due(pending.begin(), end);
    pending.erase(pending.begin(), end);
    Changes out;
    for (auto& write : due) {
        auto& outcome = apply_one(ledger, write, out) ? out.applied : out.dropped;
        outcome.push_back(std::move(write));
    }
    return out;
}

Result<PendingWrite> admit(Ledger& ledger, PendingWrite write, ChainEpoch now, ChainEpoch timelock) {
    auto& pending = ledger.streams.pending;
    STRATA_TRY(const ChainEpoch earliest, end_of_timelock(now, timelock));
    if (write.op == WriteOp::register_stream) STRATA_OK(check_new_stream(ledger.streams, write, earliest));
    if (write.op != WriteOp::register_stream) write.effective_epoch = earliest;
    STRATA_OK(decode_call(write));
    if (std::ranges::find(pending, key_of(write), key_of) != pending.end())
        return wrong("a change with this purpose is pending");
    if (pending.size() >= kMaxPendingWrites)
        return wrong(std::to_string(pending.size()) + " changes are pending, expected fewer than " +
                     std::to_string(kMaxPendingWrites));
    // While the weights make no sense, only new weights may be queued, to repair them.
    if (const auto fits = check_schedule(ledger.streams.streams, now); !fits && write.op != WriteOp::set_weight_records)
        return fits.error();
    const auto before = possible(ledger);
    // Changes of the same epoch stay in the order in which they came.
    pending.insert(std::ranges::upper_bound(pending, write.effective_epoch, {}, &PendingWrite::effective_epoch), write);
    const auto after = possible(ledger);
    if (!after.contains(key_of(write))) return wrong("the change would not be possible when it is due");
    if (!std::ranges::includes(after, before)) return wrong("the change would make a pending one impossible");
    if (write.op == WriteOp::remove_stream) STRATA_OK(check_tombstone_rows(ledger.streams));
    return write;
}

Status check_cancellable(std::optional<StreamId> id, WriteOp op) {
    if (op == WriteOp::step_weight_records) return wrong("a step of the weights cannot be cancelled");
    if ((op == WriteOp::set_weight_records) == id.has_value())
        return wrong(id ? "a change of weights has no stream, but the message names one"
                        : "the message names no stream, but the change has one");
    return {};
}

std::optional<PendingWrite> cancel(Ledger& ledger, std::optional<StreamId> id, WriteOp op) {
    auto& pending = ledger.streams.pending;
    const auto at = std::ranges::find(pending, Key{id.value_or(0), op}, key_of);
    if (at == pending.end()) return std::nullopt;
    PendingWrite out = std::move(*at);
    pending.erase(at);
    return out;
}

Result<std::vector<RecipientShare>> admitted_shares(std::vector<RecipientShare> shares) {
    BigInt total;
    for (const auto& row : shares) {
        if (row.share == 0) return wrong("the share of " + row.recipient.to_string() + " is 0, expected more");
        total += BigInt(row.share);
    }
    if (shares.size() > kMaxRecipients || total != BigInt(kDenominator))
        return wrong(std::to_string(shares.size()) + " shares sum to " + total.to_string() + ", expected at most " +
                     std::to_string(kMaxRecipients) + " that sum to " + std::to_string(kDenominator));
    std::erase_if(shares, [](const auto& row) { return row.recipient == Address::id(kBurntFundsId); });
    std::ranges::sort(shares, {}, recipient_id);
    STRATA_OK(check_shares(shares));
    return shares;
}

const Distribution* find_distribution(const Ledger& ledger, StreamId id) {
    const auto at = std::ranges::find(ledger.streams.streams, id, &Stream::id);
    return at == ledger.streams.streams.end() || !at->distribution ? nullptr : &*at->distribution;
}

bool is_recipient(const Distribution& distribution, const Address& address) {
    return std::ranges::find(distribution.shares, address, &RecipientShare::recipient) != distribution.shares.end();
}

Result<Fold> install_shares(Ledger& ledger, StreamId id, std::vector<RecipientShare> shares, std::string_view cause) {
    const auto at = find_stream(ledger, id);
    const auto accrual = find_accrual(ledger, id);
    if (at == ledger.streams.streams.end() || !at->distribution || accrual == ledger.accrued.end())
        return wrong("stream " + std::to_string(id) + " has no shares");
    Fold out = close_period(id, cause, *at->distribution, accrual->amount);
    at->distribution->shares = std::move(shares);
    STRATA_OK(check_payable_rows(*at));
    // A pending removal reserves rows for those who are owed then.
    STRATA_OK(check_tombstone_rows(ledger.streams));
    return out;
}

Result<Fold> replace_address(Ledger& ledger, StreamId id, const Address& before, const Address& after) {
    const auto* const distribution = find_distribution(ledger, id);
    if (!distribution || !is_recipient(*distribution, before))
        return wrong(before.to_string() + " is not a recipient of stream " + std::to_string(id));
    const bool to_nobody = after == Address::id(kBurntFundsId);
    if (!to_nobody && is_recipient(*distribution, after))
        return wrong(after.to_string() + " is a recipient of stream " + std::to_string(id) + " already");
    auto shares = distribution->shares;
    if (to_nobody) {
        std::erase_if(shares, [&](const auto& row) { return row.recipient == before; });
    } else {
        std::ranges::find(shares, before, &RecipientShare::recipient)->recipient = after;
        std::ranges::sort(shares, {}, recipient_id);
    }
    return install_shares(ledger, id, std::move(shares), "ReplaceAddress");
}

Result<std::vector<TokenAmount>> claim(Ledger& ledger, StreamId id,
                                       const std::vector<std::optional<Address>>& wallets) {
    std::vector<TokenAmount> out(wallets.size());
    const auto take_each = [&](auto take) {
        for (std::size_t i = 0; i < wallets.size(); ++i)
            if (wallets[i]) out[i] = take(*wallets[i]);
    };
    if (const auto at = find_stream(ledger, id); at != ledger.streams.streams.end()) {
        const auto accrual = find_accrual(ledger, id);
        if (!at->distribution || accrual == ledger.accrued.end())
            return wrong("stream " + std::to_string(id) + " pays the makers of blocks, so nobody can claim from it");
        take_each([&](const Address& wallet) { return take_live(*at->distribution, accrual->amount, wallet); });
        return out;
    }
    auto& tombstones = ledger.streams.tombstones;
    const auto at = std::ranges::find(tombstones, id, &Tombstone::id);
    if (at == tombstones.end()) return out;
    take_each([&](const Address& wallet) { return take_from(at->payable, wallet); });
    if (at->payable.empty()) tombstones.erase(at);
    return out;
}

}  // namespace strata::actors::reward
