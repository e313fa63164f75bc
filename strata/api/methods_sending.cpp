// Answers methods that sign with the node's keys. Source: lotus node/impl/full/{mpool,wallet}.go,
// chain/wallet/wallet.go.
#include <nlohmann/json.hpp>

#include <strata/api/method_table.hpp>
#include <strata/crypto/random.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::api {
namespace {

Result<Json> push(Context& context, const Message& message, const std::optional<SendSpec>& spec) {
    STRATA_TRY(const auto sent, context.sender.push(message, spec.value_or(SendSpec{})));
    return context.print(sent);
}

/// Pushes messages one by one; ends at the first one that is refused, as in Lotus.
Result<Json> push_all(Context& context, const std::vector<Message>& messages, const std::optional<SendSpec>& spec) {
    Json out;
    for (const auto& message : messages) {
        STRATA_OK(context.check_may_continue());
        // The UUID names one message only.
        SendSpec one = spec.value_or(SendSpec{});
        one.uuid.clear();
        STRATA_TRY(const auto sent, context.sender.push(message, one));
        out.push_back(context.print(sent));
    }
    return out;
}

Result<Json> sign(Context& context, const Address& address, const Bytes& data) {
    STRATA_OK(check_defined(address));
    STRATA_TRY(auto* const wallet, context.sender.wallet());
    STRATA_TRY(const auto key, context.sender.key_of(address));
    STRATA_TRY(const auto signature, wallet->sign(key, data));
    return context.print(signature);
}

Result<Json> sign_message(Context& context, const Address& address, const Message& message) {
    STRATA_OK(check_defined(address));
    Message signed_by = message;
    signed_by.from = address;
    STRATA_TRY(const auto key, context.sender.key_of(address));
    STRATA_TRY(const auto sender, context.sender.key_of(message.from));
    if (key != sender)
        return fail(Errc::invalid_argument, "the message is from " + context.print.text(message.from) + ", so " +
                                                context.print.text(address) + " cannot sign it");
    STRATA_TRY(auto signature, context.sender.sign(message));
    return context.print(SignedMessage{message, std::move(signature)});
}

Result<Json> make_key(Context& context, const std::string& type) {
    STRATA_TRY(auto* const wallet, context.sender.wallet());
    STRATA_TRY(const auto known, wallet::parse_key_type(type));
    crypto::SystemRandom random;
    STRATA_TRY(const auto address, wallet->import_key(wallet::generate_key(known, random)));
    STRATA_TRY(const auto main, wallet->default_address());
    if (!main) STRATA_OK(wallet->set_default(address));
    return context.print(address);
}

Result<Json> has(Context& context, const Address& address) {
    STRATA_TRY(auto* const wallet, context.sender.wallet());
    STRATA_TRY(const bool known, wallet->has(address));
    return Json(known);
}

Result<Json> list(Context& context) {
    STRATA_TRY(auto* const wallet, context.sender.wallet());
    STRATA_TRY(const auto all, wallet->list());
    return context.print.list(all);
}

Result<Json> default_address(Context& context) {
    STRATA_TRY(auto* const wallet, context.sender.wallet());
    STRATA_TRY(const auto address, wallet->default_address());
    if (!address) return fail(Errc::not_found, "failed to get default key: key info not found");
    return context.print(*address);
}

Result<Json> set_default(Context& context, const Address& address) {
    STRATA_TRY(auto* const wallet, context.sender.wallet());
    STRATA_OK(wallet->set_default(address));
    return Json();
}

Result<Json> export_key(Context& context, const Address& address) {
    STRATA_TRY(auto* const wallet, context.sender.wallet());
    STRATA_TRY(const auto key, wallet->export_key(address));
    return Json::parse(wallet::to_json(key));
}

Result<Json> import_key(Context& context, const KeyRecord& record) {
    STRATA_TRY(auto* const wallet, context.sender.wallet());
    STRATA_TRY(const auto key, wallet::parse_key(record.json));
    STRATA_TRY(const auto address, wallet->import_key(key));
    return context.print(address);
}

Result<Json> remove(Context& context, const Address& address) {
    STRATA_TRY(auto* const wallet, context.sender.wallet());
    STRATA_TRY(const bool known, wallet->has(address));
    if (!known) return fail(Errc::not_found, "the wallet has no key for " + context.print.text(address));
    STRATA_OK(wallet->remove(address));
    return Json();
}

}  // namespace

void add_sending_methods(MethodTable& table) {
    table.add("MpoolPushMessage", push, Cost::slow);
    table.add("MpoolBatchPushMessage", push_all, Cost::slow);
    table.add("WalletSign", sign);
    table.add("WalletSignMessage", sign_message);
    table.add("WalletNew", make_key);
    table.add("WalletHas", has);
    table.add("WalletList", list);
    table.add("WalletDefaultAddress", default_address);
    table.add("WalletSetDefault", set_default);
    table.add("WalletExport", export_key);
    table.add("WalletImport", import_key);
    table.add("WalletDelete", remove);
}

}  // namespace strata::api
