// Makes messages for multisig wallets. /rpc/v1 returns them, for the client to sign; /rpc/v0 signs and sends them.
// Source: lotus node/impl/full/multisig.go, chain/actors/builtin/multisig/message*.go, api/v0api/v1_wrapper.go.
#include <nlohmann/json.hpp>

#include <limits>

#include <strata/actors/init/types.hpp>
#include <strata/actors/multisig/state.hpp>
#include <strata/api/method_table.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/vm/machine.hpp>

namespace strata::api {
namespace {

namespace multisig = actors::multisig;

// Methods of multisig wallets. Source: builtin-actors actors/multisig/src/lib.rs.
constexpr MethodNumber kPropose = 2;
constexpr MethodNumber kApprove = 3;
constexpr MethodNumber kCancel = 4;
constexpr MethodNumber kAddSigner = 5;
constexpr MethodNumber kRemoveSigner = 6;
constexpr MethodNumber kSwapSigner = 7;

/// The signers of a proposal agree to this. Its hash names the proposal.
struct Proposal {
    Address requester;
    Address to;
    TokenAmount value;
    MethodNumber method = 0;
    Bytes params;
    STRATA_CBOR_TUPLE(requester, to, value, method, params);
};

Error lacks(const std::string& what) {
    return fail(Errc::invalid_argument, "must provide " + what);
}

Message message_to(const Address& to, const Address& from, const TokenAmount& value, MethodNumber method,
                   Bytes params) {
    Message out;
    out.to = to;
    out.from = from;
    out.value = value;
    out.method = method;
    out.params = std::move(params);
    return out;
}

/// The gas price is not used, as in Lotus.
Result<Message> create(Context& context, const std::uint64_t& needed, const std::vector<Address>& signers,
                       const ChainEpoch& duration, const TokenAmount& value, const Address& from, const BigInt&) {
    if (signers.size() < needed)
        return fail(Errc::invalid_argument, "cannot require signing of more addresses than provided for multisig");
    if (!from.defined()) return lacks("source address");
    STRATA_TRY(auto view, context.view({}));
    STRATA_TRY(const auto manifest, vm::Manifest::of_state(view.state));
    const auto code = manifest.codes.find(vm::ActorType::multisig);
    if (code == manifest.codes.end()) return fail(Errc::not_found, "failed to get multisig code ID");
    const multisig::ConstructorParams wallet{.signers = signers,
                                             .threshold = needed == 0 ? signers.size() : needed,
                                             .unlock_duration = duration,
                                             .start_epoch = 0};
    return message_to(Address::id(kInitId), from, value, actors::init::kExec,
                      to_cbor(actors::init::ExecParams{code->second, to_cbor(wallet)}));
}

Result<Message> propose(Context&, const Address& wallet, const Address& to, const TokenAmount& value,
                        const Address& from, const MethodNumber& method, const Bytes& params) {
    const auto failed = [](Error error) { return std::move(error).with_context("failed to create proposal"); };
    if (!wallet.defined()) return failed(lacks("a multisig address for proposal"));
    if (!to.defined()) return failed(lacks("a target address for proposal"));
    if (value.is_negative()) return failed(lacks("a non-negative amount for proposed send"));
    if (!from.defined()) return failed(lacks("source address"));
    return message_to(wallet, from, TokenAmount(0), kPropose,
                      to_cbor(multisig::ProposeParams{to, value, method, params}));
}

Result<Message> about_transaction(const Address& wallet, std::uint64_t id, const Address& from, MethodNumber method,
                                  Bytes hash) {
    if (!wallet.defined()) return lacks("multisig address");
    if (!from.defined()) return lacks("source address");
    if (id > std::uint64_t{std::numeric_limits<std::int64_t>::max()})
        return fail(Errc::invalid_argument, "transaction ID " + std::to_string(id) + " is out of range for int64");
    return message_to(wallet, from, TokenAmount(0), method,
                      to_cbor(multisig::TxnIdParams{static_cast<std::int64_t>(id), std::move(hash)}));
}

Result<Message> about_proposal(Context& context, const Address& wallet, std::uint64_t id, Proposal proposal,
                               const Address& from, MethodNumber method) {
    if (!wallet.defined()) return lacks("multisig address");
    if (!from.defined()) return lacks("source address");
    if (!proposal.requester.as_id()) {
        STRATA_TRY(auto view, context.view({}));
        STRATA_TRY(const ActorId requester, resolve(context, view.state, proposal.requester));
        proposal.requester = Address::id(requester);
    }
    if (proposal.value.is_negative())
        return fail(Errc::invalid_argument, "proposal value must be non-negative, was " + proposal.value.to_string());
    if (!proposal.to.defined()) return fail(Errc::invalid_argument, "proposed destination address must be set");
    const auto hash = crypto::blake2b_256(to_cbor(proposal));
    return about_transaction(wallet, id, from, method, Bytes(hash.begin(), hash.end()));
}

Result<Message> approve(Context&, const Address& wallet, const std::uint64_t& id, const Address& from) {
    return about_transaction(wallet, id, from, kApprove, {});
}
Result<Message> cancel(Context&, const Address& wallet, const std::uint64_t& id, const Address& from) {
    return about_transaction(wallet, id, from, kCancel, {});
}
Result<Message> approve_hash(Context& context, const Address& wallet, const std::uint64_t& id, const Address& proposer,
                             const Address& to, const TokenAmount& value, const Address& from,
                             const MethodNumber& method, const Bytes& params) {
    return about_proposal(context, wallet, id, {proposer, to, value, method, params}, from, kApprove);
}
Result<Message> cancel_hash(Context& context, const Address& wallet, const std::uint64_t& id, const Address& to,
                            const TokenAmount& value, const Address& from, const MethodNumber& method,
                            const Bytes& params) {
    return about_proposal(context, wallet, id, {from, to, value, method, params}, from, kCancel);
}

// Proposals about the signers of a wallet are calls of the wallet to itself.

Result<Message> add_propose(Context& context, const Address& wallet, const Address& from, const Address& added,
                            const bool& increase) {
    return propose(context, wallet, wallet, TokenAmount(0), from, kAddSigner,
                   to_cbor(multisig::AddSignerParams{added, increase}));
}
Result<Message> add_approve(Context& context, const Address& wallet, const Address& from, const std::uint64_t& id,
                            const Address& proposer, const Address& added, const bool& increase) {
    return approve_hash(context, wallet, id, proposer, wallet, TokenAmount(0), from, kAddSigner,
                        to_cbor(multisig::AddSignerParams{added, increase}));
}
Result<Message> add_cancel(Context& context, const Address& wallet, const Address& from, const std::uint64_t& id,
                           const Address& added, const bool& increase) {
    return cancel_hash(context, wallet, id, wallet, TokenAmount(0), from, kAddSigner,
                       to_cbor(multisig::AddSignerParams{added, increase}));
}
Result<Message> swap_propose(Context& context, const Address& wallet, const Address& from, const Address& removed,
                             const Address& added) {
    return propose(context, wallet, wallet, TokenAmount(0), from, kSwapSigner,
                   to_cbor(multisig::SwapSignerParams{removed, added}));
}
Result<Message> swap_approve(Context& context, const Address& wallet, const Address& from, const std::uint64_t& id,
                             const Address& proposer, const Address& removed, const Address& added) {
    return approve_hash(context, wallet, id, proposer, wallet, TokenAmount(0), from, kSwapSigner,
                        to_cbor(multisig::SwapSignerParams{removed, added}));
}
Result<Message> swap_cancel(Context& context, const Address& wallet, const Address& from, const std::uint64_t& id,
                            const Address& removed, const Address& added) {
    return cancel_hash(context, wallet, id, wallet, TokenAmount(0), from, kSwapSigner,
                       to_cbor(multisig::SwapSignerParams{removed, added}));
}
Result<Message> remove_signer(Context& context, const Address& wallet, const Address& from, const Address& removed,
                              const bool& decrease) {
    return propose(context, wallet, wallet, TokenAmount(0), from, kRemoveSigner,
                   to_cbor(multisig::RemoveSignerParams{removed, decrease}));
}

/// Turns a maker of messages into the handlers of both versions of the API.
template <auto kMake, class Function = decltype(kMake)>
struct Handler;
template <auto kMake, class... P>
struct Handler<kMake, Result<Message> (*)(Context&, const P&...)> {
    static Result<Json> show(Context& context, const P&... params) {
        STRATA_TRY(const auto message, kMake(context, params...));
        return Json{{"Message", context.print(message)}, {"ValidNonce", false}};
    }
    static Result<Json> send(Context& context, const P&... params) {
        STRATA_TRY(const auto message, kMake(context, params...));
        STRATA_TRY(const auto sent, context.sender.push(message, {}));
        return context.print(sent.cid());
    }
};

template <bool kSend, auto kMake>
void add(MethodTable& table, std::string_view name) {
    if constexpr (kSend)
        table.add(name, Handler<kMake>::send, Cost::slow);
    else
        table.add(name, Handler<kMake>::show);
}

template <bool kSend>
void add_all(MethodTable& table) {
    add<kSend, create>(table, "MsigCreate");
    add<kSend, propose>(table, "MsigPropose");
    add<kSend, approve>(table, "MsigApprove");
    add<kSend, approve_hash>(table, "MsigApproveTxnHash");
    // The name without a hash has a hash in /rpc/v0.
    if constexpr (!kSend) add<kSend, cancel>(table, "MsigCancel");
    add<kSend, cancel_hash>(table, kSend ? "MsigCancel" : "MsigCancelTxnHash");
    add<kSend, add_propose>(table, "MsigAddPropose");
    add<kSend, add_approve>(table, "MsigAddApprove");
    add<kSend, add_cancel>(table, "MsigAddCancel");
    add<kSend, swap_propose>(table, "MsigSwapPropose");
    add<kSend, swap_approve>(table, "MsigSwapApprove");
    add<kSend, swap_cancel>(table, "MsigSwapCancel");
    add<kSend, remove_signer>(table, "MsigRemoveSigner");
}

}  // namespace

void add_multisig_message_methods(MethodTable& table) {
    add_all<false>(table);
}
void add_v0_multisig_methods(MethodTable& table) {
    add_all<true>(table);
}

}  // namespace strata::api
