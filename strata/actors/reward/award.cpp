#include <strata/actors/reward/award.hpp>

#include <algorithm>

#include <strata/actors/reward/queued_call.hpp>

namespace strata::actors::reward {
namespace {

TokenAmount sum_of(const RecipientTable& table) {
    TokenAmount out;
    for (const auto& row : table) out += row.amount;
    return out;
}

ActorId id_of(const Address& address) {
    return address.as_id().value_or(0);
}

TokenAmount amount_of(const RecipientTable& table, const Address& recipient) {
    const auto at = std::ranges::find(table, recipient, &RecipientAmount::recipient);
    return at == table.end() ? TokenAmount(0) : at->amount;
}

void add_to(RecipientTable& table, const Address& recipient, const TokenAmount& amount) {
    if (amount.is_zero()) return;
    const auto at = std::ranges::lower_bound(table, id_of(recipient), {},
                                             [](const RecipientAmount& row) { return id_of(row.recipient); });
    if (at != table.end() && at->recipient == recipient)
        at->amount += amount;
    else
        table.insert(at, {recipient, amount});
}

// Closes the period of a stream: what its recipients earned and did not claim becomes payable. Returns what rounding
// leaves over.
TokenAmount close_period(Distribution& distribution, TokenAmount& pool) {
    const BigInt total(distribution.share_total());
    TokenAmount dust = pool;
    for (const auto& row : distribution.shares) {
        const TokenAmount earned = div_floor(pool * BigInt(row.share), total);
        dust -= earned;
        add_to(distribution.payable, row.recipient, earned - amount_of(distribution.claimed_period, row.recipient));
    }
    distribution.claimed_period.clear();
    pool = 0;
    return dust;
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

// Each of these applies one change and returns what is left over; empty if the change is not possible any more.
using Applied = std::optional<TokenAmount>;

Applied apply(Ledger& ledger, const PendingWrite&, const SetWeights& call) {
    for (const auto& update : call.updates) {
        const auto at = find_stream(ledger, update.id);
        if (at == ledger.streams.streams.end()) return std::nullopt;
        at->weight = update.weight;
    }
    return TokenAmount(0);
}

Applied apply(Ledger& ledger, const PendingWrite& write, const RegisterStream& call) {
    const StreamId id = write.id.value_or(0);
    auto& streams = ledger.streams.streams;
    const auto is_implicit = [](const Stream& stream) { return !stream.distribution; };
    if (id == 0 || find_stream(ledger, id) != streams.end() || streams.size() >= kMaxStreams) return std::nullopt;
    if (std::ranges::find(ledger.streams.tombstones, id, &Tombstone::id) != ledger.streams.tombstones.end())
        return std::nullopt;
    if (!call.distribution && std::ranges::any_of(streams, is_implicit)) return std::nullopt;
    Stream stream{id, call.weight, {}};
    if (call.distribution) {
        stream.distribution = Distribution{call.distribution->writer, call.distribution->shares, {}, {}};
        insert_by_id(ledger.accrued, StreamAccrual{id, 0});
    }
    insert_by_id(streams, std::move(stream));
    return TokenAmount(0);
}

Applied apply(Ledger& ledger, const PendingWrite& write, const RemoveStream&) {
    const StreamId id = write.id.value_or(0);
    const auto at = find_stream(ledger, id);
    if (at == ledger.streams.streams.end()) return std::nullopt;
    Stream removed = std::move(*at);
    ledger.streams.streams.erase(at);
    if (!removed.distribution) return TokenAmount(0);
    const auto accrual = find_accrual(ledger, id);
    TokenAmount dust;
    if (accrual != ledger.accrued.end()) {
        dust = close_period(*removed.distribution, accrual->amount);
        ledger.accrued.erase(accrual);
    }
    if (!removed.distribution->payable.empty())
        insert_by_id(ledger.streams.tombstones, Tombstone{id, std::move(removed.distribution->payable)});
    return dust;
}

Applied apply(Ledger& ledger, const PendingWrite& write, const SetDistribution& call) {
    const StreamId id = write.id.value_or(0);
    const auto at = find_stream(ledger, id);
    const auto accrual = find_accrual(ledger, id);
    if (at == ledger.streams.streams.end() || !at->distribution || accrual == ledger.accrued.end()) return std::nullopt;
    const TokenAmount dust = close_period(*at->distribution, accrual->amount);
    at->distribution->writer = call.writer;
    return dust;
}

// The parts of a block's reward, rounded down; what is left over is burnt.
void divide(Award& award, const std::vector<std::uint64_t>& weights) {
    const BigInt denominator(kDenominator);
    award.burn = award.block_reward;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const auto& stream = award.ledger.streams.streams[i];
        TokenAmount part = div_floor(award.block_reward * BigInt(weights[i]), denominator);
        if (stream.distribution) {
            // The recipients may have less than all shares; the rest is burnt.
            part = div_floor(part * BigInt(stream.distribution->share_total()), denominator);
            find_accrual(award.ledger, stream.id)->amount += part;
            award.explicit_streams += part;
        } else {
            award.miner += part;
        }
        award.burn -= part;
    }
}

}  // namespace

TokenAmount liability(const Ledger& ledger) {
    TokenAmount out;
    for (const auto& accrual : ledger.accrued) out += accrual.amount;
    for (const auto& stream : ledger.streams.streams)
        if (stream.distribution)
            out += sum_of(stream.distribution->payable) - sum_of(stream.distribution->claimed_period);
    for (const auto& tombstone : ledger.streams.tombstones) out += sum_of(tombstone.payable);
    return out;
}

TokenAmount apply_due(Ledger& ledger, ChainEpoch epoch) {
    auto& pending = ledger.streams.pending;
    const auto end = std::ranges::find_if(pending, [&](const auto& write) { return write.effective_epoch > epoch; });
    const std::vector<PendingWrite> due(pending.begin(), end);
    pending.erase(pending.begin(), end);
    TokenAmount dust;
    for (const auto& write : due) {
        const auto call = decode_call(write);
        if (!call) continue;
        Ledger next = ledger;
        const auto applied = std::visit([&](const auto& change) { return apply(next, write, change); }, *call);
        if (!applied || !check_schedule(next.streams.streams, write.effective_epoch)) continue;
        ledger = std::move(next);
        dust += *applied;
    }
    return dust;
}

std::optional<Award> plan_award(Ledger ledger, ChainEpoch epoch, const TokenAmount& balance,
                                const TokenAmount& gas_reward, const TokenAmount& expected) {
    Award out;
    out.dust = apply_due(ledger, epoch);
    const TokenAmount reserve = gas_reward + liability(ledger) + out.dust;
    if (balance <= reserve) return std::nullopt;
    out.block_reward = min(expected, balance - reserve);
    if (out.block_reward.is_negative()) return std::nullopt;
    const auto weights = weights_at(ledger.streams.streams, epoch);
    if (!weights) return std::nullopt;
    out.ledger = std::move(ledger);
    divide(out, *weights);
    return out;
}

}  // namespace strata::actors::reward
