// Answers methods about tokens. Source: lotus node/impl/common/common.go.
#include <nlohmann/json.hpp>

#include <strata/api/method_table.hpp>
#include <strata/api/tokens.hpp>

namespace strata::api {
namespace {

Result<const Tokens*> tokens_of(const Context& context) {
    if (context.options.tokens != nullptr) return context.options.tokens;
    return fail(Errc::unsupported, "this node has no tokens");
}

/// Makes a token. Lotus signs unknown permissions too; here they are refused, because they allow nothing.
Result<Json> make(Context& context, const std::vector<std::string>& names) {
    STRATA_TRY(const auto* const tokens, tokens_of(context));
    std::vector<Permission> allow;
    for (const auto& name : names) {
        const auto permission = parse_permission(name);
        if (!permission)
            return fail(Errc::invalid_argument,
                        "'" + name.substr(0, 32) + "' is not a permission; use read, write, sign or admin");
        allow.push_back(*permission);
    }
    return context.print(as_bytes(tokens->issue(allow)));
}

Result<Json> verify(Context& context, const std::string& token) {
    STRATA_TRY(const auto* const tokens, tokens_of(context));
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    STRATA_TRY(const auto allow, tokens->verify(token, now));
    Json out = Json::array();
    for (const auto permission : allow) out.push_back(permission_name(permission));
    return out;
}

}  // namespace

void add_auth_methods(MethodTable& table) {
    table.add("AuthNew", make);
    table.add("AuthVerify", verify);
}

}  // namespace strata::api
