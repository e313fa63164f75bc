// Answers eth_simulateV1: blocks of calls, one on the other, on top of the chain. Source: execution-apis
// src/schemas/execute.yaml, docs-api/docs/ethsimulatev1-notes.mdx; go-ethereum internal/ethapi/simulate.go for errors.
#include <nlohmann/json.hpp>

#include <strata/api/ethereum_overrides.hpp>
#include <strata/api/ethereum_tracer.hpp>
#include <strata/api/ethereum_transaction.hpp>
#include <strata/api/method_table.hpp>
#include <strata/base/large_stack.hpp>
#include <strata/chain/base_fee.hpp>
#include <strata/chain/network.hpp>
#include <strata/crypto/hash.hpp>

namespace strata::api {
namespace {

constexpr std::size_t kMaxBlocks = 256;
constexpr std::size_t kMaxCalls = 1'000;  // of all blocks together
constexpr std::uint32_t kReverted = 33;   // actors/evm/exits.hpp
constexpr std::int64_t kBlockGas = chain::kBlockGasLimit;

// The codes of the specification.
constexpr Code kNonceTooLow{-38010};
constexpr Code kNonceTooHigh{-38011};
constexpr Code kFeeTooLow{-38012};
constexpr Code kGasTooLow{-38013};
constexpr Code kNoFunds{-38014};
constexpr Code kBlockGasReached{-38015};
constexpr Code kNumberOrder{-38020};
constexpr Code kTimeOrder{-38021};
constexpr Code kTooManyBlocks{-38026};
constexpr Code kCallFailed{-32015};

// The emitter of logs about transfers, and the topic of ERC-20's Transfer(address,address,uint256).
constexpr EthereumAddress kTransfers = {0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee,
                                        0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee};
Hash256 transfer_topic() {
    return crypto::keccak_256(as_bytes("Transfer(address,address,uint256)"));
}

struct BlockCalls {
    BlockOverrides block;
    StateOverrides state;
    std::vector<EthereumCall> calls;
};
Status read(const Json& from, BlockCalls& to) {
    if (!from.is_object())
        return fail(Errc::malformed,
                    std::string("a block has the JSON type ") + from.type_name() + ", expected an object");
    STRATA_OK(read_member(from, "blockOverrides", to.block));
    STRATA_OK(read_member(from, "stateOverrides", to.state));
    return read_member(from, "calls", to.calls);
}

struct Simulation {
    std::vector<BlockCalls> blocks;
    bool trace_transfers = false;
    bool validation = false;
    bool full_transactions = false;
};
Status read(const Json& from, Simulation& to) {
    if (!from.is_object())
        return fail(Errc::malformed,
                    std::string("the simulation has the JSON type ") + from.type_name() + ", expected an object");
    STRATA_OK(read_member(from, "blockStateCalls", to.blocks));
    STRATA_OK(read_member(from, "traceTransfers", to.trace_transfers));
    STRATA_OK(read_member(from, "validation", to.validation));
    return read_member(from, "returnFullTransactions", to.full_transactions);
}

/// A block that was simulated.
struct Done {
    chain::SandboxBlock seen;
    Hash256 hash{};
    Cid root;
};

/// A log of a simulated call.
struct Log {
    EthereumAddress emitter{};
    chain::EthereumLog log;
};

// Collects the logs of a call and its subcalls in the order in which they came, with those of transfers if these are
// wanted. What a call that failed did is left out.
class LogCollector {
  public:
    LogCollector(const std::vector<EvmCall>& calls, bool with_transfers) : with_transfers_(with_transfers) {
        for (const auto& call : calls) by_trace_[call.call] = &call;
    }

    void add(const EvmCall& call) {
        if (call.failed()) return;
        if (with_transfers_ && !call.value.is_zero() && call.kind != EvmCall::Kind::delegate_call)
            add_transfer(call.from, call.is_create() ? call.created.value_or(EthereumAddress{}) : call.to, call.value);
        if (call.inside == nullptr || !call.inside->invoked) return;
        const auto& invoked = *call.inside->invoked;
        const auto emitter = seen_address(invoked.id, invoked.state);
        auto event = call.inside->events.begin();
        const auto add_until = [&](std::size_t position) {
            for (; event != call.inside->events.end() && event->calls_before <= position; ++event)
                if (auto log = chain::ethereum_log(event->event.entries)) logs.push_back({emitter, std::move(*log)});
        };
        for (std::size_t i = 0; i < call.inside->subcalls.size(); ++i) {
            add_until(i);
            const auto inner = by_trace_.find(&call.inside->subcalls[i]);
            if (inner != by_trace_.end()) add(*inner->second);
        }
        add_until(call.inside->subcalls.size());
    }
    std::vector<Log> logs;

  private:
    void add_transfer(const EthereumAddress& from, const EthereumAddress& to, const TokenAmount& value) {
        const auto as_word = [](BytesView bytes) {
            Hash256 out{};
            std::ranges::copy(bytes, out.end() - static_cast<std::ptrdiff_t>(bytes.size()));
            return out;
        };
        logs.push_back(
            {kTransfers, {{transfer_topic(), as_word(from), as_word(to)}, to_bytes(as_word(value.magnitude_be()))}});
    }
    const bool with_transfers_;
    std::map<const vm::CallTrace*, const EvmCall*> by_trace_;
};

class Simulator {
  public:
    Simulator(Context& context, chain::Sandbox& box, const chain::TipsetPtr& base, const Simulation& asked)
        : context_(context), box_(box), base_(base), asked_(asked) {
        last_.seen = chain::SandboxBlock::of(*base);
        last_.hash = block_hash(base->key());
        last_.root = box.root();
    }

    Answered<Text> run() {
        if (asked_.validation) {
            STRATA_TRY(base_fee_, context_.chain.base_fee_after(*base_));
        }
        auto out = context_.list();
        for (const auto& block : asked_.blocks) {
            STRATA_TRY(const auto number, number_of(block));
            // Blocks that the numbers skip are made too, without calls, as the specification says.
            while (last_.seen.epoch + 1 < number)
                if (auto wrong = add_block(BlockCalls(), last_.seen.epoch + 1, out)) return std::move(*wrong);
            if (auto wrong = add_block(block, number, out)) return std::move(*wrong);
        }
        return std::move(out).finish();
    }

  private:
    Answered<ChainEpoch> number_of(const BlockCalls& block) const {
        if (!block.block.number) return last_.seen.epoch + 1;
        const std::uint64_t number = *block.block.number;
        if (number <= static_cast<std::uint64_t>(last_.seen.epoch))
            return Fault(kNumberOrder, "block numbers must be in order: " + std::to_string(number) +
                                           " <= " + std::to_string(last_.seen.epoch));
        if (number - static_cast<std::uint64_t>(last_.seen.epoch) > kMaxBlocks - made_)
            return Fault(kTooManyBlocks, "too many blocks: at most " + std::to_string(kMaxBlocks) +
                                             " are simulated, with those that the numbers skip");
        return static_cast<ChainEpoch>(number);
    }

    // Makes one block and prints it.
    std::optional<Fault> add_block(const BlockCalls& block, ChainEpoch number, TextWriter& out) {
        if (++made_ > kMaxBlocks)
            return Fault(kTooManyBlocks, "too many blocks: at most " + std::to_string(kMaxBlocks) + " are simulated");
        chain::SandboxBlock seen{.epoch = number,
                                 .timestamp = last_.seen.timestamp + context_.chain.network().block_delay,
                                 .base_fee = block.block.base_fee.value_or(base_fee_)};
        if (block.block.time) {
            if (*block.block.time <= last_.seen.timestamp)
                return Fault(kTimeOrder, "block timestamps must be in order: " + std::to_string(*block.block.time) +
                                             " <= " + std::to_string(last_.seen.timestamp));
            seen.timestamp = *block.block.time;
        }
        auto printed = run_block(block, seen);
        if (!printed) return std::move(printed).error();
        if (auto added = out.add(*printed); !added) return Fault(added.error());
        return std::nullopt;
    }

    Answered<Json> run_block(const BlockCalls& block, const chain::SandboxBlock& seen) {
        STRATA_TRY(const auto executor, box_.open(last_.root, seen));
        STRATA_OK(apply_overrides(box_, *executor, block.state));
        std::uint64_t gas_used = 0;
        std::vector<Json> results;
        std::vector<Transaction> transactions;
        std::vector<std::vector<Log>> logs;
        for (const auto& call : block.calls) {
            STRATA_OK(context_.check_may_continue());
            STRATA_TRY(auto result, run_call(*executor, call, seen, gas_used));
            results.push_back(std::move(result.printed));
            transactions.push_back(std::move(result.transaction));
            logs.push_back(std::move(result.logs));
        }
        Done done{seen, {}, {}};
        STRATA_TRY(done.root, executor->flush());
        const Cid id = id_of(done);
        std::ranges::copy(id.digest(), done.hash.begin());
        box_.name_block(seen.epoch, id);
        Json out = print(done, gas_used, transactions, logs);
        std::uint64_t log_index = 0;
        for (std::size_t i = 0; i < results.size(); ++i) {
            results[i]["logs"] = Json::array();
            for (const auto& log : logs[i]) {
                const LogPlace place{.transaction = {done.hash, seen.epoch, i},
                                     .hash = transactions[i].hash,
                                     .number = log_index++,
                                     .removed = false};
                results[i]["logs"].push_back(print_log(log.emitter, log.log, place));
            }
        }
        out["calls"] = std::move(results);
        last_ = std::move(done);
        return out;
    }

    struct CallResult {
        Json printed;
        Transaction transaction;
        std::vector<Log> logs;
    };

    Answered<CallResult> run_call(vm::Executor& executor, const EthereumCall& call, const chain::SandboxBlock& seen,
                                  std::uint64_t& gas_used) {
        if (auto wrong = fault_of(context_, call)) return std::move(*wrong);
        STRATA_TRY(Message message, message_of(call));
        STRATA_OK(prepare_sender(box_, executor, message));
        if (auto wrong = fill_in(call, gas_used, message)) return std::move(*wrong);
        STRATA_TRY(const TokenAmount balance, balance_of(executor, message.from));
        if (auto wrong = validate(call, seen, balance, message)) return std::move(*wrong);
        STRATA_TRY(const auto applied, apply(executor, message));
        if (applied.refusal == vm::Refusal::gas_limit_below_inclusion)
            return Fault(kGasTooLow, "intrinsic gas too low: " + applied.failure);
        gas_used += applied.receipt.gas_used;
        gas_spent_ += applied.receipt.gas_used;
        const auto sender = call.from.value_or(EthereumAddress{});
        STRATA_TRY(const auto calls, run_on_large_stack([&] { return calls_of(applied, box_.manifest(), sender); }));
        LogCollector collector(calls, asked_.trace_transfers);
        if (!calls.empty()) collector.add(calls[0]);
        CallResult out;
        out.logs = std::move(collector.logs);
        out.printed = print_result(applied, calls);
        out.transaction = transaction_for(call, message, sender);
        return out;
    }

    // Fills in the gas limit, the nonce and the prices.
    std::optional<Fault> fill_in(const EthereumCall& call, std::uint64_t gas_used, Message& message) const {
        const std::uint64_t left_in_block = static_cast<std::uint64_t>(kBlockGas) - gas_used;
        const std::uint64_t limit = call.gas && *call.gas != 0 ? *call.gas : left_in_block;
        if (limit > left_in_block || gas_spent_ >= static_cast<std::uint64_t>(kBlockGas))
            return Fault(kBlockGasReached, "block gas limit reached: the call may use " + std::to_string(limit) +
                                               " gas, and " + std::to_string(left_in_block) +
                                               " are left; all calls of "
                                               "a simulation together may use the gas of one block");
        // All calls together are bounded, so that the time is.
        message.gas_limit =
            static_cast<std::int64_t>(std::min(limit, static_cast<std::uint64_t>(kBlockGas) - gas_spent_));
        if (call.nonce) {
            if (asked_.validation && *call.nonce < message.nonce)
                return Fault(kNonceTooLow, "nonce too low: " + std::to_string(*call.nonce) + ", expected " +
                                               std::to_string(message.nonce));
            if (asked_.validation && *call.nonce > message.nonce)
                return Fault(kNonceTooHigh, "nonce too high: " + std::to_string(*call.nonce) + ", expected " +
                                                std::to_string(message.nonce));
            message.nonce = *call.nonce;
        }
        message.gas_fee_cap = call.price();
        message.gas_premium = call.gas_price.value_or(call.max_premium.value_or(BigInt(0)));
        return std::nullopt;
    }

    std::optional<Fault> validate(const EthereumCall& call, const chain::SandboxBlock& seen, const TokenAmount& balance,
                                  const Message& message) const {
        if (asked_.validation && call.price() < seen.base_fee)
            return Fault(kFeeTooLow, "max fee per gas less than block base fee: " + call.price().to_string() + " < " +
                                         seen.base_fee.to_string());
        TokenAmount needed = message.value;
        if (asked_.validation) needed += message.gas_fee_cap * BigInt(message.gas_limit);
        if (balance >= needed) return std::nullopt;
        return Fault(kNoFunds, "insufficient funds for gas * price + value: the sender has " + balance.to_string() +
                                   " attoFIL, expected at least " + needed.to_string());
    }

    static Result<TokenAmount> balance_of(vm::Executor& executor, const Address& address) {
        STRATA_TRY(const auto id, executor.tree().resolve(address));
        if (!id) return TokenAmount(0);
        STRATA_TRY(const auto state, executor.tree().get(*id));
        return state ? state->balance : TokenAmount(0);
    }

    // With validation, an account pays for its gas. A contract, which cannot send messages, does not.
    Result<vm::Applied> apply(vm::Executor& executor, const Message& message) const {
        if (asked_.validation) {
            const SignedMessage as_sent{message, {Signature::Type::delegated, Bytes(65)}};
            STRATA_TRY(auto applied, executor.apply(message, vm::ApplyKind::explicit_message, as_sent.chain_length()));
            if (applied.refusal != vm::Refusal::sender_type) return applied;
        }
        return run_message(executor, message);
    }

    static Json print_result(const vm::Applied& applied, const std::vector<EvmCall>& calls) {
        const bool failed = applied.receipt.exit_code != 0;
        Bytes returned;
        if (!calls.empty() && !calls[0].is_create()) returned = calls[0].output;
        Json out{{"returnData", hex_text(failed ? Bytes() : returned)},
                 {"gasUsed", quantity(applied.receipt.gas_used)},
                 {"maxUsedGas", quantity(applied.receipt.gas_used)},
                 {"status", failed ? "0x0" : "0x1"}};
        if (!failed) return out;
        const bool reverted = applied.receipt.exit_code == kReverted;
        const auto failure = failure_of(applied);
        out["error"] = {{"code", static_cast<int>(reverted ? Code::execution_reverted : kCallFailed)},
                        {"message", failure.message}};
        if (reverted) {
            out["error"]["data"] = failure.data;
            out["returnData"] = failure.data;
        }
        return out;
    }

    Transaction transaction_for(const EthereumCall& call, const Message& message, const EthereumAddress& sender) const {
        Transaction out;
        out.chain_id = context_.chain.network().chain_id;
        // The call is not signed, so that the transaction has the hash of its message.
        std::ranges::copy(message.cid().digest(), out.hash.begin());
        out.is_native = true;
        out.from = sender;
        out.to = call.to;
        out.input = call.input;
        out.message = message;
        return out;
    }

    // A simulated block has no key. The digest of this CID is its hash, which depends on all that went before.
    Cid id_of(const Done& block) const {
        Bytes out = to_bytes(as_bytes("simulated block"));
        append(out, last_.hash);
        ByteArray<16> numbers{};
        store_be(numbers.data(), static_cast<std::uint64_t>(block.seen.epoch));
        store_be(numbers.data() + 8, block.seen.timestamp);
        append(out, numbers);
        append(out, block.root.bytes());
        return Cid::hash_of(Codec::dag_cbor, out);
    }

    Json print(const Done& block, std::uint64_t gas_used, const std::vector<Transaction>& transactions,
               const std::vector<std::vector<Log>>& logs) const {
        chain::EthereumBloom bloom;
        for (const auto& of_call : logs)
            for (const auto& log : of_call)
                if (log.emitter != kTransfers) bloom.add(log.emitter, log.log);
        Json list = Json::array();
        for (std::size_t i = 0; i < transactions.size(); ++i)
            list.push_back(asked_.full_transactions
                               ? api::print(transactions[i], TransactionPlace{block.hash, block.seen.epoch, i})
                               : Json(hex_text(transactions[i].hash)));
        const std::string zero = hex_text(Hash256{});
        return {{"hash", hex_text(block.hash)},
                {"parentHash", hex_text(last_.hash)},
                {"sha3Uncles", "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"},
                {"miner", hex_text(EthereumAddress{})},
                {"stateRoot", zero},
                {"transactionsRoot", zero},
                {"receiptsRoot", zero},
                {"logsBloom", hex_text(bloom.bits)},
                {"difficulty", "0x0"},
                {"totalDifficulty", "0x0"},
                {"number", quantity(block.seen.epoch)},
                {"gasLimit", quantity(kBlockGas)},
                {"gasUsed", quantity(gas_used)},
                {"timestamp", quantity(block.seen.timestamp)},
                {"extraData", "0x"},
                {"mixHash", zero},
                {"nonce", "0x0000000000000000"},
                {"baseFeePerGas", quantity(block.seen.base_fee)},
                {"size", "0x0"},
                {"transactions", std::move(list)},
                {"uncles", Json::array()}};
    }

    Context& context_;
    chain::Sandbox& box_;
    const chain::TipsetPtr base_;
    const Simulation& asked_;
    TokenAmount base_fee_;
    Done last_;
    std::size_t made_ = 0;
    std::uint64_t gas_spent_ = 0;  // by all calls so far
};

Answered<Text> simulate(Context& context, const Simulation& asked, const Omittable<EthereumBlock>& block) {
    if (asked.blocks.empty()) return Fault(Code::invalid_params, "empty input: there are no blocks to simulate");
    if (asked.blocks.size() > kMaxBlocks)
        return Fault(kTooManyBlocks, "there are " + std::to_string(asked.blocks.size()) + " blocks, expected at most " +
                                         std::to_string(kMaxBlocks));
    std::size_t calls = 0;
    for (const auto& one : asked.blocks) calls += one.calls.size();
    if (calls > kMaxCalls)
        return Fault(Code::limit_exceeded,
                     "there are " + std::to_string(calls) + " calls, expected at most " + std::to_string(kMaxCalls));
    STRATA_TRY(const auto base, tipset_of(context, block.value.value_or(EthereumBlock::tagged("latest"))));
    return in_sandbox<Text>(context, base,
                            [&](chain::Sandbox& box) { return Simulator(context, box, base, asked).run(); });
}

}  // namespace

void add_ethereum_simulate_methods(MethodTable& table) {
    table.add("EthSimulateV1", simulate, Cost::slow);
    table.alias("eth_simulateV1", "EthSimulateV1");
}

}  // namespace strata::api
