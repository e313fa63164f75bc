// Answers methods about multisig wallets. Source: lotus node/impl/full/{multisig,state}.go.
#include <strata/actors/multisig/state.hpp>
#include <strata/api/method_table.hpp>

namespace strata::api {
namespace {

namespace multisig = actors::multisig;

struct Wallet {
    Context::View view;
    vm::ActorState actor;
    multisig::State state;
};
Result<Wallet> wallet(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(auto view, context.view(key));
    auto actor = load_actor(context, view.state, address);
    if (!actor) return std::move(actor).error().with_context("failed to load multisig actor");
    STRATA_TRY(const auto name, code_name(view.state, actor->code));
    if (name != "multisig")
        return fail(Errc::verification, "failed to load multisig actor state: actor code is not multisig: " +
                                            (name.empty() ? actor->code.to_string() : name));
    STRATA_TRY(auto state, get_cbor<multisig::State>(context.blocks(), actor->head));
    return Wallet{std::move(view), std::move(*actor), std::move(state)};
}

Result<Text> pending(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(const auto found, wallet(context, address, key));
    STRATA_TRY(const auto table, multisig::PendingTransactions::load(context.blocks(), found.state.pending_txns));
    auto out = context.list();
    STRATA_OK(table.for_each([&](multisig::TxnId id, const multisig::Transaction& transaction) -> Status {
        STRATA_OK(context.go_on());
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
    return context.print(found.actor.balance - found.state.locked(found.view.tipset->height()));
}

Result<Json> vesting_schedule(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(const auto found, wallet(context, address, key));
    return Json{{"InitialBalance", context.print(found.state.initial_balance)},
                {"StartEpoch", found.state.start_epoch},
                {"UnlockDuration", found.state.unlock_duration}};
}

/// Returns the amount that was unlocked between two tipsets.
Result<Json> vested(Context& context, const Address& address, const TipsetKey& start, const TipsetKey& end) {
    STRATA_TRY(const auto first, context.tipset(start));
    STRATA_TRY(const auto last, context.tipset(end));
    if (first->height() > last->height())
        return fail(Errc::invalid_argument, "start tipset " + std::to_string(first->height()) +
                                                " is after end tipset " + std::to_string(last->height()));
    if (first->height() == last->height()) return Json("0");
    // Both amounts are of the wallet as it is at the end: a new schedule in between would make them incomparable.
    STRATA_TRY(const auto found, wallet(context, address, end));
    return context.print(found.state.locked(first->height()) - found.state.locked(last->height()));
}

}  // namespace

void add_multisig_methods(MethodTable& table) {
    table.add("MsigGetPending", pending, Cost::dear);
    table.add("MsigGetAvailableBalance", available_balance);
    table.add("MsigGetVestingSchedule", vesting_schedule);
    table.add("MsigGetVested", vested);
}

}  // namespace strata::api
