// Answers methods about the chain's randomness. Source: lotus chain/rand/rand.go; docs/protocol/node.md §4.1.
#include <nlohmann/json.hpp>

#include <strata/api/method_table.hpp>
#include <strata/chain/randomness.hpp>

namespace strata::api {
namespace {

enum class From { tickets, beacon };

Result<Hash256> digest(Context& context, From from, ChainEpoch epoch, const TipsetKey& key) {
    STRATA_TRY(const auto tipset, context.tipset(key));
    return from == From::tickets ? context.chain.chain_randomness(tipset, epoch)
                                 : context.chain.beacon_randomness(tipset, epoch);
}

Result<Json> draw(Context& context, From from, std::int64_t tag, ChainEpoch epoch, const Bytes& entropy,
                  const TipsetKey& key) {
    STRATA_TRY(const Hash256 base, digest(context, from, epoch, key));
    const Hash256 value = chain::mix_randomness(static_cast<chain::RandomnessTag>(tag), base, epoch, entropy);
    return context.print(BytesView(value));
}

Result<Json> from_tickets(Context& context, const std::int64_t& tag, const ChainEpoch& epoch, const Bytes& entropy,
                          const TipsetKey& key) {
    return draw(context, From::tickets, tag, epoch, entropy, key);
}
Result<Json> from_beacon(Context& context, const std::int64_t& tag, const ChainEpoch& epoch, const Bytes& entropy,
                         const TipsetKey& key) {
    return draw(context, From::beacon, tag, epoch, entropy, key);
}
Result<Json> digest_from_tickets(Context& context, const ChainEpoch& epoch, const TipsetKey& key) {
    STRATA_TRY(const Hash256 value, digest(context, From::tickets, epoch, key));
    return context.print(BytesView(value));
}
Result<Json> digest_from_beacon(Context& context, const ChainEpoch& epoch, const TipsetKey& key) {
    STRATA_TRY(const Hash256 value, digest(context, From::beacon, epoch, key));
    return context.print(BytesView(value));
}

Result<Json> from_tickets_v0(Context& context, const TipsetKey& key, const std::int64_t& tag, const ChainEpoch& epoch,
                             const Bytes& entropy) {
    return draw(context, From::tickets, tag, epoch, entropy, key);
}
Result<Json> from_beacon_v0(Context& context, const TipsetKey& key, const std::int64_t& tag, const ChainEpoch& epoch,
                            const Bytes& entropy) {
    return draw(context, From::beacon, tag, epoch, entropy, key);
}

}  // namespace

void add_v0_randomness_methods(MethodTable& table) {
    table.add("ChainGetRandomnessFromTickets", from_tickets_v0, Cost::expensive);
    table.add("ChainGetRandomnessFromBeacon", from_beacon_v0, Cost::expensive);
}

void add_randomness_methods(MethodTable& table) {
    table.add("StateGetRandomnessFromTickets", from_tickets, Cost::expensive);
    table.add("StateGetRandomnessFromBeacon", from_beacon, Cost::expensive);
    table.add("StateGetRandomnessDigestFromTickets", digest_from_tickets, Cost::expensive);
    table.add("StateGetRandomnessDigestFromBeacon", digest_from_beacon, Cost::expensive);
}

}  // namespace strata::api
