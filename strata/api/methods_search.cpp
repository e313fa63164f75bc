// Where a message was executed, now or later. Source: lotus node/impl/full/state.go, chain/stmgr/searchwait.go.
#include <strata/api/method_table.hpp>

namespace strata::api {
namespace {

using Lookup = chain::FullNode::Lookup;

Json printed(const Printer& print, const Lookup& found) {
    return {{"Message", print(found.message)},
            {"Receipt", print(found.receipt)},
            {"ReturnDec", nullptr},
            {"TipSet", print(found.executed_in->key())},
            {"Height", found.height}};
}

Status check_lookback(ChainEpoch lookback) {
    if (lookback >= chain::FullNode::kNoLimit) return {};
    return fail(Errc::invalid_argument, "a lookback limit is -1 (none) or a number of epochs");
}

/// null: not executed, as far as was searched.
Result<Json> search(Context& context, const TipsetKey& from, const Cid& message, const ChainEpoch& lookback,
                    const bool& allow_replaced) {
    STRATA_OK(check_lookback(lookback));
    STRATA_TRY(const auto tipset, context.tipset(from));
    STRATA_TRY(const auto found, context.node.search_from(tipset, message, lookback, allow_replaced));
    return found ? printed(context.print, *found) : Json();
}

/// A place among the calls that wait.
class Seat {
  public:
    static Result<Seat> take(Context& context) {
        if (context.waiting.fetch_add(1) >= context.options.waiting) {
            --context.waiting;
            return fail(Errc::busy, "too many calls wait already: ask again, or poll StateSearchMsg");
        }
        return Seat(context.waiting);
    }
    Seat(Seat&& other) noexcept : waiting_(std::exchange(other.waiting_, nullptr)) {}
    Seat& operator=(Seat&&) = delete;
    ~Seat() {
        if (waiting_ != nullptr) --*waiting_;
    }

  private:
    explicit Seat(std::atomic<std::size_t>& waiting) : waiting_(&waiting) {}
    std::atomic<std::size_t>* waiting_;
};

/// Without the node's guard, so that the chain goes on.
Status wait_for_head(Context& context, std::uint64_t seen) {
    const bool guarded = context.guard.owns_lock();
    if (guarded) context.guard.unlock();
    const auto woken = context.heads.wait(seen, context.deadline);
    if (guarded) context.guard.lock();
    if (woken == HeadSignal::Woken::changed) return {};
    if (woken == HeadSignal::Woken::stopped) return fail(Errc::cancelled, "the node is stopping");
    return fail(Errc::busy, "the message has not landed yet: ask again");
}

/// Until the message was executed and `confidence` epochs passed since.
Result<Json> wait(Context& context, const Cid& message, const std::uint64_t& confidence, const ChainEpoch& lookback,
                  const bool& allow_replaced) {
    STRATA_OK(check_lookback(lookback));
    std::optional<Seat> seat;
    while (true) {
        const std::uint64_t seen = context.heads.changes();
        const auto head = context.node.head();
        STRATA_TRY(const auto found, context.node.search_from(head, message, lookback, allow_replaced));
        if (found && static_cast<std::uint64_t>(head->height() - found->height) >= confidence)
            return printed(context.print, *found);
        if (!seat) {
            STRATA_TRY(auto taken, Seat::take(context));
            seat.emplace(std::move(taken));
        }
        STRATA_OK(wait_for_head(context, seen));
    }
}

}  // namespace

void add_search_methods(MethodTable& table) {
    table.add("StateSearchMsg", search);
    table.add("StateWaitMsg", wait);
}

}  // namespace strata::api
