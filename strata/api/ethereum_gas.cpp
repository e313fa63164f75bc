#include <strata/api/ethereum_gas.hpp>

#include <strata/chain/base_fee.hpp>
#include <strata/chain/pool_entry.hpp>
#include <strata/vm/trace.hpp>

namespace strata::api {
namespace {

constexpr std::uint32_t kOutOfGas = 7;  // docs/protocol/fvm.md §4.1
constexpr std::uint32_t kInsufficientFunds = 6;
constexpr std::uint64_t kReservePercent = 125;  // lotus chain/messagepool/config.go (GasLimitOverestimation)
constexpr std::uint64_t kPrecision = 64;        // the search ends within a 64th
// What a caller keeps for itself (EIP-150).
constexpr std::uint64_t kKept = 64, kPassedOn = 63;

std::size_t count_out_of_gas(const vm::CallTrace& call) {
    std::size_t out = call.exit_code == kOutOfGas ? 1 : 0;
    for (const auto& subcall : call.subcalls) out += count_out_of_gas(subcall);
    return out;
}
std::size_t count_out_of_gas(const vm::Applied& applied) {
    if (!applied.trace) return applied.receipt.exit_code == kOutOfGas ? 1 : 0;
    return count_out_of_gas(applied.trace->root);
}

class Search {
  public:
    Search(Context& context, chain::Sandbox& box, chain::SandboxBlock block, Cid root, Message message)
        : context_(context),
          box_(box),
          block_(std::move(block)),
          root_(std::move(root)),
          message_(std::move(message)) {}

    Result<vm::Applied> run(std::uint64_t limit) {
        STRATA_OK(context_.check_may_continue());
        STRATA_TRY(const auto executor, box_.open(root_, block_));
        Message message = message_;
        STRATA_OK(prepare_sender(box_, *executor, message));
        message.gas_limit = static_cast<std::int64_t>(limit);
        return run_message(*executor, message);
    }

    /// Returns the lowest limit, within a 64th, with which the call does what it did with `cap`: it succeeds, and no
    /// more of its inner calls run out of gas.
    Result<std::uint64_t> lowest(std::uint64_t cap, const vm::Applied& with_cap) {
        const std::size_t starved = count_out_of_gas(with_cap);
        const auto suffices = [&](std::uint64_t limit) -> Result<bool> {
            STRATA_TRY(const auto applied, run(limit));
            return applied.receipt.exit_code == 0 && count_out_of_gas(applied) <= starved;
        };
        std::uint64_t low = with_cap.receipt.gas_used - 1;
        std::uint64_t high = cap;
        // Most calls need hardly more than they use, or what one or two nested calls keep back.
        for (std::uint64_t guess = with_cap.receipt.gas_used; guess < high; guess = guess / kPassedOn * kKept + kKept) {
            STRATA_TRY(const bool enough, suffices(guess));
            if (enough) {
                high = guess;
                break;
            }
            low = guess;
            if (guess > 2 * with_cap.receipt.gas_used) break;
        }
        while (high - low > std::max<std::uint64_t>(1, high / kPrecision)) {
            const std::uint64_t middle = low + (high - low) / 2;
            STRATA_TRY(const bool enough, suffices(middle));
            (enough ? high : low) = middle;
        }
        return high;
    }

  private:
    Context& context_;
    chain::Sandbox& box_;
    chain::SandboxBlock block_;
    Cid root_;
    Message message_;
};

// Runs the sender's waiting messages, which change the state that the call will meet. Those that fail change it too.
Status run_pending(Context& context, vm::Executor& executor, const Address& from) {
    STRATA_TRY(const auto id, executor.tree().resolve(from));
    if (!id) return {};
    STRATA_TRY(const auto state, executor.tree().get(*id));
    if (!state) return {};
    Nonce next = state->sequence;
    STRATA_TRY(const auto entries, context.chain.pending_from(from));
    for (const auto& entry : entries) {
        if (entry.message.message.nonce != next) continue;
        STRATA_OK(context.check_may_continue());
        STRATA_OK(executor.apply(entry.message.message, vm::ApplyKind::explicit_message, entry.chain_length));
        ++next;
    }
    return {};
}

// Lowers the cap to what the sender can pay for; empty if all is well.
Result<std::optional<Fault>> limit_by_balance(vm::Executor& executor, const Message& message, const BigInt& price,
                                              std::uint64_t& cap) {
    if (price.is_zero()) return std::optional<Fault>();
    TokenAmount balance;
    STRATA_TRY(const auto id, executor.tree().resolve(message.from));
    if (id) {
        STRATA_TRY(const auto state, executor.tree().get(*id));
        if (state) balance = state->balance;
    }
    if (balance < message.value)
        return std::optional(Fault(Code::server_error, "insufficient funds for transfer: the sender has " +
                                                           balance.to_string() + " attoFIL, expected at least " +
                                                           message.value.to_string()));
    const BigInt affordable = div_floor(balance - message.value, price);
    if (affordable >= BigInt(cap)) return std::optional<Fault>();
    cap = affordable.to_u64().value_or(0);
    if (cap > 0) return std::optional<Fault>();
    return std::optional(Fault(Code::server_error, "insufficient funds for gas * price + value: the sender has " +
                                                       balance.to_string() + " attoFIL, and a unit of gas costs " +
                                                       price.to_string()));
}

// Returns the error of a call that fails with all the gas that it may use.
Fault failure_with_cap(const vm::Applied& applied, std::uint64_t cap) {
    if (applied.refusal == vm::Refusal::gas_limit_below_inclusion)
        return {Code::server_error, "intrinsic gas too low: " + applied.failure};
    if (applied.receipt.exit_code == kInsufficientFunds)
        return {Code::server_error, "insufficient funds for transfer: " + applied.failure};
    // A contract whose inner call ran out of gas often reverts, without data.
    CborReader reader(applied.receipt.return_data);
    const auto returned = reader.bytes();
    const bool says_why = returned && !returned->empty();
    if (applied.receipt.exit_code == kOutOfGas || (count_out_of_gas(applied) > 0 && !says_why))
        return {Code::rejected, "gas required exceeds allowance (" + std::to_string(cap) + "): out of gas"};
    return failure_of(applied);
}

Answered<std::uint64_t> estimate_in(Context& context, chain::Sandbox& box, const chain::Tipset& base,
                                    const EthereumCall& call, const Changes& changes, bool with_pending) {
    STRATA_TRY(const Message message, message_of(call));
    auto block = chain::SandboxBlock::of(base);
    STRATA_OK(apply_overrides(block, changes.block));
    STRATA_TRY(const auto executor, open_changed(box, base, changes));
    if (with_pending) STRATA_OK(run_pending(context, *executor, message.from));
    std::uint64_t cap = chain::kBlockGasLimit;
    if (call.gas && *call.gas != 0) cap = std::min(cap, *call.gas);
    STRATA_TRY(auto broke, limit_by_balance(*executor, message, call.price(), cap));
    if (broke) return std::move(*broke);
    STRATA_TRY(const Cid root, executor->flush());
    Search search(context, box, block, root, message);
    STRATA_TRY(const auto with_cap, search.run(cap));
    if (with_cap.receipt.exit_code != 0) return failure_with_cap(with_cap, cap);
    STRATA_TRY(const std::uint64_t lowest, search.lowest(cap, with_cap));
    return std::min(cap, lowest * kReservePercent / 100);
}

}  // namespace

Answered<std::uint64_t> estimate_ethereum_gas(Context& context, const chain::TipsetPtr& base, const EthereumCall& call,
                                              const Changes& changes, bool with_pending) {
    if (auto wrong = fault_of(context, call)) return std::move(*wrong);
    return in_sandbox<std::uint64_t>(context, base, [&](chain::Sandbox& box) {
        return estimate_in(context, box, *base, call, changes, with_pending);
    });
}

}  // namespace strata::api
