// strata demo: settles the deals, and checks that every payment and the sum of all balances are right.
#include <fmt/format.h>

#include <strata/actors/read/market.hpp>
#include <strata/chain/api.hpp>
#include <strata/chain/genesis/make_genesis.hpp>
#include <strata/devnet/demo.hpp>
#include <strata/node/node.hpp>
#include <strata/provider/api.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::devnet {
namespace {

constexpr MethodNumber kSubmitWindowedPoSt = 5;  // docs/protocol/fvm.md §8.8

}  // namespace

Result<TokenAmount> Demo::escrow_of(const Address& who) {
    STRATA_TRY(auto state, net_->client().chain().head_state());
    STRATA_TRY(const auto id, state.resolve(who));
    if (!id) return TokenAmount(0);
    STRATA_TRY(const auto market, actors::read::Market::load(state));
    STRATA_TRY(auto found, market.escrow(*id));
    return std::move(found.total);
}

Status Demo::settle() {
    report_.stage(result_.deals.size() == 1 ? "The deal is paid" : "The deals are paid");
    std::vector<DealId> ids;
    for (const auto& deal : result_.deals) ids.push_back(deal.status.id);
    STRATA_TRY(const Cid message, provider().market()->settle(ids, net_->epoch()));
    STRATA_OK(wait_for(message, "SettleDealPayments"));
    const auto settled = [&]() -> Result<bool> { return provider().market()->settlements().back().landed; };
    STRATA_OK(with_blocks(settled, /*epochs=*/20));
    STRATA_TRY(const auto client_escrow, escrow_of(net_->accounts().client.address));
    STRATA_TRY(const auto provider_escrow, escrow_of(miner_address(0)));
    result_.paid_by_client = escrow_at_first_ - client_escrow;
    const auto settlements = provider().market()->settlements();
    if (!settlements.back().failure.empty())
        return fail(Errc::verification, "SettleDealPayments did not settle every deal: " + settlements.back().failure);
    result_.paid_to_provider = settlements.back().payment;
    TokenAmount collateral, price;
    for (const auto& deal : result_.deals) {
        collateral += deal.proposal.proposal.provider_collateral;
        price += deal.proposal.proposal.storage_price_per_epoch;
    }
    // All deals start in the same epoch, and the settlement may land in any epoch after it, so the payment must be a
    // multiple of the price of an epoch.
    const BigInt epochs = div_floor(result_.paid_to_provider, price);
    const BigInt since_start = net_->epoch() - result_.deals.front().proposal.proposal.start_epoch;
    report_.fact("paid",
                 fmt::format("{} for {} epochs", chain::exact_fil(result_.paid_to_provider), epochs.to_string()));
    report_.fact("provider's escrow", chain::exact_fil(provider_escrow));
    if (epochs.sign() <= 0 || epochs > since_start || price * epochs != result_.paid_to_provider)
        return fail(Errc::verification,
                    fmt::format("the provider was paid {} attoFIL, expected {} attoFIL per epoch for 1 to {} epochs",
                                result_.paid_to_provider.to_string(), price.to_string(), since_start.to_string()));
    // The provider's escrow must hold its collateral and the payment, and nothing else.
    if (provider_escrow != collateral + result_.paid_to_provider)
        return fail(
            Errc::verification,
            fmt::format("the provider's escrow is {} attoFIL, expected the collateral of {} and the payment of {}",
                        provider_escrow.to_string(), collateral.to_string(), result_.paid_to_provider.to_string()));
    return {};
}

// The totals come from the client's copy of the chain, whose tipsets are all executed again. The balances at the head
// must still add up to all FIL, and what the client's escrow paid must have reached the provider.
Status Demo::check_ledger() {
    report_.stage("The ledger");
    auto& chain = net_->client().chain();
    STRATA_TRY(auto state, chain.head_state());
    STRATA_TRY(result_.account, chain::account_of(chain));
    STRATA_TRY(result_.supply, chain::sum_of_balances(state));
    STRATA_TRY(result_.burnt, chain::balance_of(state, Address::id(kBurntFundsId)));
    result_.head = chain.head()->cids().at(0);
    result_.height = chain.head()->height();
    for (std::size_t i = 0; i < kProviders; ++i) {
        STRATA_TRY(auto money, net_->provider(i).provider()->money());
        result_.providers.push_back(std::move(money));
        const auto it = result_.account.landed.find({miner_address(i), kSubmitWindowedPoSt});
        if (it != result_.account.landed.end()) result_.window_proofs += it->second;
    }
    const auto& fees = result_.account.fees[net_->accounts().client.address];
    result_.client_fees = fees;
    report_.fact("client paid", fmt::format("{} for storage, {} for gas", chain::exact_fil(result_.paid_by_client),
                                            chain::exact_fil(fees)));
    for (std::size_t i = 0; i < kProviders; ++i) {
        const auto& income = result_.account.miners[miner_address(i)];
        const auto& money = result_.providers[i];
        report_.fact(fmt::format("provider {}", i + 1),
                     fmt::format("{} blocks earned {} and {} of tips; {} locked, {} free", income.blocks,
                                 chain::fil_text(income.rewards), chain::fil_text(income.tips),
                                 chain::fil_text(money.vesting), chain::fil_text(money.available)));
    }
    report_.fact("burnt", fmt::format("{}, {} of it for gas", chain::exact_fil(result_.burnt),
                                      chain::exact_fil(result_.account.gas_burnt)));
    report_.fact("all balances", chain::exact_fil(result_.supply));
    if (result_.supply != total_filecoin())
        return fail(Errc::verification, fmt::format("all balances add up to {} attoFIL, expected {} attoFIL",
                                                    result_.supply.to_string(), total_filecoin().to_string()));
    if (result_.paid_by_client != result_.paid_to_provider)
        return fail(Errc::verification,
                    fmt::format("the client's escrow paid {} attoFIL, but the provider received {}",
                                result_.paid_by_client.to_string(), result_.paid_to_provider.to_string()));
    return check_same_heads();
}

void Demo::print_table() const {
    const auto& r = result_;
    std::vector<std::vector<std::string>> rows{{"what", "value"}};
    const auto row = [&](std::string name, std::string value) { rows.push_back({std::move(name), std::move(value)}); };
    row("seed", r.seed);
    row("genesis", r.genesis.to_string());
    row("head", fmt::format("{}  epoch {}", r.head.to_string(), r.height));
    row("chain", fmt::format("{} tipsets, {} blocks, {} messages ({} failed), {} null rounds", r.account.tipsets,
                             r.account.blocks, r.account.messages, r.account.failed_messages,
                             static_cast<std::uint64_t>(r.height) - r.account.tipsets));
    row("file", fmt::format("{}  {} bytes", r.root.to_string(), r.file_size));
    for (const auto& deal : r.deals)
        row(fmt::format("deal {}", deal.status.id),
            fmt::format("{}  sector {}", deal.piece.info.cid.to_string(), deal.status.sector));
    row("power of provider 1",
        fmt::format("{} before, {} after (bytes)", r.power_before.to_string(), r.power_after.to_string()));
    row("proofs",
        fmt::format("{} WindowPoSt messages, {} block(s) won by the new sector", r.window_proofs, r.new_sector_blocks));
    row("gas", fmt::format("{} used, {} burnt", r.account.gas_used, chain::fil_text(r.account.gas_burnt, 12)));
    row("client", fmt::format("paid {} for storage, {} for gas", chain::fil_text(r.paid_by_client, 12),
                              chain::fil_text(r.client_fees, 12)));
    for (std::size_t i = 0; i < r.providers.size(); ++i) {
        const auto it = r.account.miners.find(miner_address(i));
        const chain::BlockIncome income = it == r.account.miners.end() ? chain::BlockIncome{} : it->second;
        row(fmt::format("provider {}", i + 1),
            fmt::format("{} blocks earned {}, {} still locked", income.blocks,
                        chain::fil_text(income.rewards + income.tips), chain::fil_text(r.providers[i].vesting)));
    }
    row("burnt", chain::fil_text(r.burnt, 12));
    row("supply", chain::fil_text(r.supply, 12));
    for (const auto& [title, seconds] : report_.times()) row(title, fmt::format("{:.1f} s", seconds));
    report_.table(rows);
}

}  // namespace strata::devnet
