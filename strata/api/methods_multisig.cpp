// Answers methods about multisig wallets. Source: lotus node/impl/full/{multisig,state}.go.
#include <nlohmann/json.hpp>

#include <strata/actors/multisig/state.hpp>
#include <strata/actors/read/multisig.hpp>
#include <strata/api/method_table.hpp>

namespace strata::api {
namespace {

using actors::multisig::Transaction;

struct Wallet {
    chain::TipsetPtr tipset;
    actors::read::Multisig wallet;
};
Result<Wallet> wallet(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(auto found, actor_at(context, address, key, "multisig", "multisig"));
    STRATA_TRY(auto wallet, actors::read::Multisig::load(context.blocks(), found.actor));
    return Wallet{std::move(found.view.tipset), std::move(wallet)};
}

Result<Text> pending(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(const auto found, wallet(context, address, key));
    auto out = context.list();
    STRATA_OK(found.wallet.for_each_pending([&](std::int64_t id, const Transaction& transaction) -> Status {
        STRATA_OK(context.check_may_continue());
        return out.add({{"ID", id},
                        {"To", context.print(transaction.to)},
                        {"Value", context.print(transaction.value)},
                        {"Method", transaction.method},
                        {"Params", context.print.bytes_or_null(transaction.params)},
                        {"Approved", context.print.list_or_null(transaction.approved)}});
    }));
    return std::move(out).finish();
}

Result<Json> available_balance(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(const auto found, wallet(context, address, key));
    return context.print(found.wallet.available(found.tipset->height()));
}

Result<Json> vesting_schedule(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(const auto found, wallet(context, address, key));
    const auto vesting = found.wallet.vesting();
    return Json{{"InitialBalance", context.print(vesting.initial_balance)},
                {"StartEpoch", vesting.start},
                {"UnlockDuration", vesting.duration}};
}

/// Returns the amount that was unlocked between two tipsets.
Result<Json> vested(Context& context, const Address& address, const TipsetKey& start, const TipsetKey& end) {
    STRATA_TRY(const auto first, context.tipset(start));
    STRATA_TRY(const auto last, context.tipset(end));
    // Lotus has the same words; both numbers are epochs.
    if (first->height() > last->height())
        return fail(Errc::invalid_argument, "start tipset " + std::to_string(first->height()) +
                                                " is after end tipset " + std::to_string(last->height()));
    if (first->height() == last->height()) return Json("0");
    // Both amounts follow the wallet's schedule at the end, because the schedule may have changed since the start.
    STRATA_TRY(const auto found, wallet(context, address, end));
    return context.print(found.wallet.locked(first->height()) - found.wallet.locked(last->height()));
}

}  // namespace

void add_multisig_methods(MethodTable& table) {
    table.add("MsigGetPending", pending, Cost::expensive);
    table.add("MsigGetAvailableBalance", available_balance);
    table.add("MsigGetVestingSchedule", vesting_schedule);
    table.add("MsigGetVested", vested);
}

}  // namespace strata::api
