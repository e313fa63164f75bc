#include <strata/chain/inclusion_gas.hpp>

#include <array>

#include <strata/chain/network.hpp>
#include <strata/vm/price_list.hpp>

namespace strata::chain {
namespace {

// The bytes that a message is billed for in addition to its own (onChainMessageStorageBase).
constexpr std::int64_t kMessageOverhead = 36;

constexpr InclusionPrice kGenesisPrice{38'863, 1'000};
struct PricedUpgrade {
    std::string_view name;
    InclusionPrice price;
};
// Hygge added the cost of updating the sender's actor.
constexpr std::array<PricedUpgrade, 2> kPrices = {{{"Calico", {38'863, 1'300}}, {"Hygge", {38'863 + 475'000, 1'300}}}};

}  // namespace

InclusionPrice inclusion_price_at(const Network& network, ChainEpoch epoch) {
    InclusionPrice best = kGenesisPrice;
    ChainEpoch from = 0;
    for (const auto& [name, price] : kPrices) {
        const auto height = network.upgrades.height_of(name);
        if (!height || *height <= from || *height > epoch) continue;
        best = price;
        from = *height;
    }
    return best;
}

std::int64_t least_gas_limit(const Network& network, ChainEpoch epoch, std::size_t length) {
    const auto price = inclusion_price_at(network, epoch);
    return price.base + price.per_byte * (kMessageOverhead + static_cast<std::int64_t>(length));
}

std::int64_t vm_inclusion_gas(NetworkVersion version, std::size_t length) {
    constexpr vm::Milligas kMilli = 1000;
    const auto charge = vm::price_list(version).on_chain_message(length);
    const vm::Milligas sum = vm::saturating_add(charge.compute, charge.other);
    return static_cast<std::int64_t>(sum / kMilli + (sum % kMilli != 0 ? 1 : 0));
}

}  // namespace strata::chain
