#include <strata/contracts/transaction.hpp>

#include <nlohmann/json.hpp>

#include <charconv>
#include <thread>

#include <strata/actors/eam/types.hpp>
#include <strata/api/fault.hpp>
#include <strata/base/hex.hpp>
#include <strata/chain/audit.hpp>
#include <strata/chain/ethereum_transaction.hpp>
#include <strata/contracts/outcome.hpp>
#include <strata/ipld/amt.hpp>

namespace strata::contracts {
namespace {

constexpr unsigned kEventsWidth = 5;  // docs/protocol/fvm.md §3.7
constexpr std::size_t kMaxEvents = 10'000;
constexpr std::size_t kDelegatedSignature = 65;
constexpr const char* kBadInitcode =
    ". The constructor did not run to its end: look whether it needs arguments (--types and their values, or --args) "
    "or money (--value), and whether the file is the contract's creation code (initcode)";

Json json_of(const Message& message) {
    // Nodes of every network read either prefix.
    return api::Printer('f')(message);
}

Bytes byte_string(BytesView bytes) {
    CborWriter w;
    w.bytes(bytes);
    return w.take();
}

Status member(const Json& object, const char* name, auto& to) {
    const auto it = object.is_object() ? object.find(name) : object.end();
    if (!object.is_object() || it == object.end())
        return fail(Errc::malformed, std::string("the node's answer lacks the field ") + name);
    if (auto done = api::read(*it, to); !done) return std::move(done).error().with_context(name);
    return {};
}

Result<Receipt> receipt_of(const Json& json) {
    Receipt out;
    std::uint64_t exit_code = 0;
    STRATA_OK(member(json, "ExitCode", exit_code));
    if (exit_code > UINT32_MAX)
        return fail(Errc::malformed, "the node's answer has the exit code " + std::to_string(exit_code));
    out.exit_code = static_cast<std::uint32_t>(exit_code);
    STRATA_OK(member(json, "GasUsed", out.gas_used));
    STRATA_OK(member(json, "Return", out.return_data));
    if (json.contains("EventsRoot")) STRATA_OK(member(json, "EventsRoot", out.events_root));
    return out;
}

}  // namespace

Message create_message(const Address& from, BytesView initcode, TokenAmount value) {
    Message out;
    out.from = from;
    out.to = Address::id(kEamId);
    out.value = std::move(value);
    out.method = actors::eam::kCreateExternal;
    out.params = byte_string(initcode);
    return out;
}

Message invoke_message(const Address& from, const Address& contract, BytesView input, TokenAmount value) {
    Message out;
    out.from = from;
    out.to = contract;
    out.value = std::move(value);
    out.method = kMethodInvokeEvm;
    // An Ethereum transaction without input has no parameters (docs/protocol/fvm.md §3.1).
    if (!input.empty()) out.params = byte_string(input);
    return out;
}

Status Transactions::estimate(Message& message, const SendOptions& options) {
    message.gas_limit = options.gas_limit;
    Refusal refusal;
    auto priced = node_.ask("GasEstimateMessageGas", Json::array({json_of(message), Json(), Json()}), &refusal);
    if (!priced) {
        if (refusal.code != static_cast<std::int64_t>(api::Code::execution_reverted))
            return std::move(priced).error().with_context("the message was not sent");
        const auto data = from_hex(std::string_view(refusal.data).substr(refusal.data.starts_with("0x") ? 2 : 0));
        return fail(Errc::verification, "the message would fail and was not sent: " +
                                            revert_reason(data ? BytesView(*data) : BytesView(), options.abi) +
                                            "; the node says: " + refusal.message +
                                            (message.to == Address::id(kEamId) ? kBadInitcode : ""));
    }
    Message filled;
    STRATA_OK(api::read(*priced, filled));
    message.gas_limit = filled.gas_limit;
    message.gas_fee_cap = std::move(filled.gas_fee_cap);
    message.gas_premium = std::move(filled.gas_premium);
    return {};
}

Result<Signature> Transactions::sign(const Message& message, const wallet::PrivateKey& key) {
    if (key.type != wallet::KeyType::delegated) return wallet::sign_with(key, message.cid().bytes());
    // The owner of an Ethereum key signs the transaction of which the message is the translation.
    STRATA_TRY(const auto answer, node_.ask("EthChainId", Json::array()));
    const std::string text = answer.is_string() ? answer.get<std::string>() : std::string();
    std::uint64_t chain_id = 0;
    const auto* begin = text.data() + (text.starts_with("0x") ? 2 : 0);
    if (std::from_chars(begin, text.data() + text.size(), chain_id, 16).ec != std::errc{})
        return fail(Errc::malformed, "EthChainId: expected 0x and hexadecimal digits");
    const SignedMessage unsigned_message{message, {Signature::Type::delegated, Bytes(kDelegatedSignature)}};
    STRATA_TRY(const auto transaction, chain::ethereum_signing(unsigned_message, chain_id));
    return wallet::sign_with(key, transaction.preimage);
}

Result<Executed> Transactions::send(Message message, const wallet::PrivateKey& key, const SendOptions& options,
                                    const Watch& watch) {
    const Json sender(message.from.to_string());
    TokenAmount balance;
    STRATA_TRY(const auto held, node_.ask("WalletBalance", Json::array({sender})));
    STRATA_OK(api::read(held, balance));
    const auto too_poor = [&](const std::string& needs) {
        return fail(Errc::verification, "the balance of " + message.from.to_string(options.prefix) + " is " +
                                            chain::exact_fil(balance) + ", which is less than " + needs +
                                            "; nothing was sent");
    };
    if (balance < message.value) return too_poor("the value of " + chain::exact_fil(message.value));
    STRATA_OK(watch.at("the node estimates the gas", 0));
    STRATA_OK(estimate(message, options));
    const TokenAmount most = message.value + message.gas_fee_cap * BigInt(message.gas_limit);
    if (balance < most) return too_poor("value and gas together, at most " + chain::exact_fil(most));
    STRATA_TRY(const auto nonce, node_.ask("MpoolGetNonce", Json::array({sender})));
    STRATA_OK(api::read(nonce, message.nonce));
    STRATA_TRY(auto signature, sign(message, key));
    const SignedMessage signed_message{message, std::move(signature)};
    STRATA_OK(watch.at("the message is pushed", 0));
    STRATA_TRY(const auto pushed, node_.ask("MpoolPush", Json::array({api::Printer('f')(signed_message)})));
    const Cid cid = signed_message.cid();
    auto executed = wait(std::move(message), cid, options, watch);
    if (!executed) return std::move(executed).error().with_context("the message " + cid.to_string() + " was sent");
    return executed;
}

// The node's own StateWaitMsg is silent until the message is there, so the head is watched instead: a person sees the
// epochs, and Ctrl-C works.
Result<Executed> Transactions::wait(Message message, const Cid& cid, const SendOptions& options, const Watch& watch) {
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + options.patience;
    ChainEpoch seen = -1;
    for (; Clock::now() < end; std::this_thread::sleep_for(options.pause)) {
        STRATA_TRY(const auto head, node_.ask("ChainHead", Json::array()));
        ChainEpoch height = 0;
        STRATA_OK(member(head, "Height", height));
        STRATA_OK(watch.at("epoch " + std::to_string(height) + ", the message waits for a block", 0));
        if (height == seen) continue;
        seen = height;
        STRATA_TRY(const auto found,
                   node_.ask("StateSearchMsg", Json::array({Json(), Json{{"/", cid.to_string()}}, -1, true})));
        if (found.is_null()) continue;
        Executed out{std::move(message), cid, {}, {}, 0};
        if (!found.is_object() || !found.contains("Receipt"))
            return fail(Errc::malformed, "the node's answer lacks the field Receipt");
        STRATA_TRY(out.receipt, receipt_of(found["Receipt"]));
        STRATA_OK(member(found, "Height", out.height));
        STRATA_TRY(out.events, events(out.receipt));
        return out;
    }
    return fail(Errc::io,
                "it was not executed within " + std::to_string(options.patience.count()) + " seconds; it still may be");
}

Result<std::vector<vm::StampedEvent>> Transactions::events(const Receipt& receipt) {
    std::vector<vm::StampedEvent> out;
    if (!receipt.events_root) return out;
    NodeBlocks blocks(node_);
    STRATA_TRY(const auto list, AmtArray<vm::StampedEvent>::load(blocks, *receipt.events_root, kEventsWidth));
    if (list.count() > kMaxEvents)
        return fail(Errc::too_large, "the message emitted " + std::to_string(list.count()) + " events");
    STRATA_OK(list.for_each([&](std::uint64_t, const vm::StampedEvent& event) -> Status {
        out.push_back(event);
        return {};
    }));
    return out;
}

Result<Receipt> Transactions::simulate(const Message& message) {
    STRATA_TRY(const auto answer, node_.ask("StateCall", Json::array({json_of(message), Json()})));
    if (!answer.is_object() || !answer.contains("MsgRct"))
        return fail(Errc::malformed, "the node's answer lacks the field MsgRct");
    return receipt_of(answer["MsgRct"]);
}

}  // namespace strata::contracts
