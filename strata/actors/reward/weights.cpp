#include <set>

#include <strata/actors/reward/streams.hpp>

namespace strata::actors::reward {
namespace {

constexpr ChainEpoch kLastEpoch = std::numeric_limits<ChainEpoch>::max();

Error wrong(const std::string& what) {
    return fail(Errc::malformed, what);
}

// Adds the epochs from `from` on at which the weight may begin or stop to change. Between them it is a straight line.
// The division that finds where the line meets a bound rounds, so the neighbours of that epoch are added too.
void add_breakpoints(std::set<ChainEpoch>& out, const WeightRecord& record, ChainEpoch from) {
    std::set<ChainEpoch> own{from};
    if (record.t_start >= from) own.insert(record.t_start);
    const auto add_meeting = [&](std::uint64_t bound) {
        const BigInt steps = div_floor(BigInt(bound) - BigInt(record.v_start), BigInt(record.slope));
        for (std::int64_t offset = -1; offset <= 2; ++offset) {
            const auto epoch = (BigInt(record.t_start) + steps + BigInt(offset)).to_i64();
            if (epoch && *epoch >= from) own.insert(*epoch);
        }
    };
    if (record.slope != 0) {
        add_meeting(record.floor);
        add_meeting(record.cap);
    }
    if (*own.rbegin() != kLastEpoch) own.insert(*own.rbegin() + 1);
    out.merge(own);
}

}  // namespace

std::uint64_t weight_at(const WeightRecord& record, ChainEpoch epoch) {
    const BigInt value = BigInt(record.v_start) + BigInt(record.slope) * (BigInt(epoch) - BigInt(record.t_start));
    if (value <= BigInt(record.floor)) return record.floor;
    return value >= BigInt(record.cap) ? record.cap : value.to_u64().value();
}

Status check_weight(const WeightRecord& record) {
    if (record.floor > record.v_start || record.v_start > record.cap || record.cap > kDenominator)
        return wrong("a weight starts at " + std::to_string(record.v_start) + " with the floor " +
                     std::to_string(record.floor) + " and the cap " + std::to_string(record.cap) +
                     ", expected floor <= start <= cap <= " + std::to_string(kDenominator));
    return {};
}

Result<std::vector<std::uint64_t>> weights_at(const std::vector<Stream>& streams, ChainEpoch epoch) {
    std::vector<std::uint64_t> out;
    BigInt sum;
    for (const auto& stream : streams) {
        STRATA_OK(check_weight(stream.weight));
        sum += BigInt(out.emplace_back(weight_at(stream.weight, epoch)));
    }
    if (sum > BigInt(kDenominator))
        return wrong("the weights of the streams at epoch " + std::to_string(epoch) + " sum to " + sum.to_string() +
                     ", expected at most " + std::to_string(kDenominator));
    return out;
}

Status check_schedule(const std::vector<Stream>& streams, ChainEpoch from) {
    std::set<ChainEpoch> epochs{from, kLastEpoch};
    for (const auto& stream : streams) {
        STRATA_OK(check_weight(stream.weight));
        add_breakpoints(epochs, stream.weight, from);
    }
    // The sum of straight lines is a straight line, so it is enough to look at its ends.
    for (const ChainEpoch epoch : epochs) STRATA_OK(weights_at(streams, epoch));
    return {};
}

}  // namespace strata::actors::reward
