// Answers the checks that Lotus' tools make before they push a message. Source: lotus chain/messagepool/check.go,
// api/types.go (CheckStatusCode).
#include <map>
#include <nlohmann/json.hpp>

#include <strata/api/method_table.hpp>
#include <strata/chain/inclusion_gas.hpp>
#include <strata/chain/message_rules.hpp>
#include <strata/chain/network.hpp>
#include <strata/chain/pool_entry.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::api {
namespace {

// Source: lotus api/types.go.
enum class Check {
    serialize = 1,
    size,
    validity,
    min_gas,
    min_base_fee,
    base_fee,
    base_fee_lower_bound,
    base_fee_upper_bound,
    get_state_nonce,
    nonce,
    get_state_balance,
    balance,
};

// Source: lotus chain/messagepool/messagepool.go.
constexpr std::size_t kMaxMessage = (64 << 10) - 128;  // bytes, with room for a signature
constexpr std::int64_t kMinimumFeeCap = 100;
constexpr std::int64_t kLowerDivisor = 10;
constexpr std::int64_t kUpperFactor = 10;

struct Prototype {
    Message message;
    bool has_nonce = true;  // false if the nonce is chosen when the message is pushed
};
Status read(const Json& from, Prototype& to) {
    if (find_member(from, "Message") == nullptr)
        return fail(Errc::malformed, "a message prototype must be an object with the member Message");
    STRATA_OK(read_member(from, "Message", to.message));
    to.has_nonce = false;
    return read_member(from, "ValidNonce", to.has_nonce);
}

/// Holds what is known of a sender while its messages are checked in their order.
struct Sender {
    std::string missing;  // why the actor could not be read; empty if it was
    Nonce next_nonce = 0;
    TokenAmount needed;  // by the messages before
    TokenAmount balance;
};

class Checker {
  public:
    /// With `interned` the messages are those of the pool, otherwise they come after those of the pool.
    Checker(Context& context, bool interned) : context_(context), interned_(interned) {}

    Result<Json> check(const std::vector<Prototype>& prototypes) {
        const auto head = context_.chain.head();
        epoch_ = head->height() + 1;
        base_fee_ = head->blocks().front().parent_base_fee;
        Json out = Json::array();
        for (const auto& prototype : prototypes) {
            STRATA_OK(context_.check_may_continue());
            list_ = Json::array();
            cid_ = prototype.message.cid();
            STRATA_TRY(Sender* const sender, sender_of(prototype.message.from));
            check_one(prototype, *sender);
            out.push_back(std::move(list_));
        }
        return out;
    }

  private:
    Result<Sender*> sender_of(const Address& from) {
        const auto [it, is_new] = senders_.try_emplace(from);
        Sender& sender = it->second;
        if (!is_new) return &sender;
        STRATA_TRY(auto state, context_.chain.head_state());
        STRATA_TRY(const auto id, state.resolve(from));
        std::optional<vm::ActorState> actor;
        if (id) {
            STRATA_TRY(actor, state.get(*id));
        }
        if (!actor) {
            sender.missing = actor_not_found().message();
            return &sender;
        }
        sender.next_nonce = actor->sequence;
        sender.balance = actor->balance;
        if (interned_) return &sender;
        if (const auto next = context_.chain.next_nonce(from)) sender.next_nonce = *next;
        STRATA_TRY(const auto pending, context_.chain.pending_from(from));
        for (const auto& entry : pending) sender.needed += cost_of(entry.message.message);
        return &sender;
    }

    static TokenAmount cost_of(const Message& message) {
        return message.value + message.gas_fee_cap * BigInt(message.gas_limit);
    }

    void add(Check check, std::string failure, Json hint = {}) {
        const bool is_good = failure.empty();
        note(check, is_good, std::move(failure), std::move(hint));
    }
    void note(Check check, bool is_good, std::string text, Json hint) {
        list_.push_back({{"Cid", context_.print(cid_)},
                         {"Code", static_cast<int>(check)},
                         {"OK", is_good},
                         {"Err", std::move(text)},
                         {"Hint", std::move(hint)}});
    }

    void check_one(const Prototype& prototype, Sender& sender) {
        const Message& message = prototype.message;
        const bool is_known = sender.missing.empty();
        add(Check::get_state_nonce, is_known ? "" : "error retrieving state nonce: " + sender.missing,
            is_known ? Json{{"nonce", sender.next_nonce}} : Json());
        if (!is_known) return;
        add(Check::get_state_balance, "", {{"balance", context_.print(sender.balance)}});
        const auto bytes = to_cbor(message);
        add(Check::serialize, "");
        add(Check::size, bytes.size() > kMaxMessage ? "message too big" : "");
        const auto fields = chain::check_message_fields(message);
        add(Check::validity, fields ? "" : "syntactically invalid message: " + fields.error().message());
        if (!fields) return;
        check_gas(message, bytes.size());
        add(Check::nonce,
            prototype.has_nonce && message.nonce != sender.next_nonce
                ? "message nonce doesn't match next nonce (" + std::to_string(sender.next_nonce) + ")"
                : "",
            {{"nextNonce", sender.next_nonce}});
        if (!prototype.has_nonce || message.nonce == sender.next_nonce) ++sender.next_nonce;
        sender.needed += cost_of(message);
        add(Check::balance, sender.balance < sender.needed ? "insufficient balance" : "",
            {{"requiredFunds", context_.print(sender.needed)}});
    }

    void check_gas(const Message& message, std::size_t length) {
        const auto& network = context_.chain.network();
        const auto least = chain::least_gas_limit(network, epoch_, length);
        add(Check::min_gas, message.gas_limit < least ? "GasLimit less than epoch minimum gas" : "",
            {{"minGas", least}});
        const bool is_least = message.gas_fee_cap >= BigInt(kMinimumFeeCap);
        add(Check::min_base_fee, is_least ? "" : "GasFeeCap less than minimum base fee");
        if (!is_least) return;
        const auto fee = context_.print(base_fee_);
        add(Check::base_fee, message.gas_fee_cap < base_fee_ ? "GasFeeCap less than current base fee" : "",
            {{"baseFee", fee}});
        const TokenAmount lower = max(BigInt(kMinimumFeeCap), div_floor(base_fee_, kLowerDivisor));
        add(Check::base_fee_lower_bound,
            message.gas_fee_cap < lower ? "GasFeeCap less than base fee lower bound for inclusion in next 20 epochs"
                                        : "",
            {{"baseFeeLowerBound", context_.print(lower)}, {"baseFee", fee}});
        const TokenAmount upper = base_fee_ * BigInt(kUpperFactor);
        // A warning only, as in Lotus.
        note(Check::base_fee_upper_bound, /*is_good=*/true,
             message.gas_fee_cap < upper ? "GasFeeCap less than base fee upper bound for inclusion in next 20 epochs"
                                         : "",
             {{"baseFeeUpperBound", context_.print(upper)}, {"baseFee", fee}});
    }

    Context& context_;
    const bool interned_;
    ChainEpoch epoch_ = 0;
    TokenAmount base_fee_;
    std::map<Address, Sender> senders_;
    Cid cid_;
    Json list_;
};

Result<Json> check_new(Context& context, const std::vector<Prototype>& prototypes) {
    return Checker(context, /*interned=*/false).check(prototypes);
}

Result<std::map<Nonce, Message>> pending_of(Context& context, const Address& from) {
    STRATA_TRY(const Address key, context.sender.key_of(from));
    STRATA_TRY(const auto pending, context.chain.pending_from(key));
    std::map<Nonce, Message> out;
    for (const auto& entry : pending) out.emplace(entry.message.message.nonce, entry.message.message);
    return out;
}

Result<Json> check_pending(Context& context, const Address& from) {
    STRATA_OK(check_defined(from));
    STRATA_TRY(const auto messages, pending_of(context, from));
    if (messages.empty()) return Json();
    std::vector<Prototype> all;
    for (const auto& [nonce, message] : messages) all.push_back({message});
    return Checker(context, /*interned=*/true).check(all);
}

Result<Json> check_replacements(Context& context, const std::vector<Message>& replacements) {
    std::map<Address, std::map<Nonce, Message>> senders;
    for (const auto& message : replacements) {
        if (!senders.contains(message.from)) {
            STRATA_TRY(senders[message.from], pending_of(context, message.from));
        }
        senders[message.from].insert_or_assign(message.nonce, message);
    }
    std::vector<Prototype> all;
    for (const auto& [from, messages] : senders)
        for (const auto& [nonce, message] : messages) all.push_back({message});
    return Checker(context, /*interned=*/true).check(all);
}

}  // namespace

void add_check_methods(MethodTable& table) {
    table.add("MpoolCheckMessages", check_new, Cost::expensive);
    table.add("MpoolCheckPendingMessages", check_pending, Cost::expensive);
    table.add("MpoolCheckReplaceMessages", check_replacements, Cost::expensive);
}

}  // namespace strata::api
