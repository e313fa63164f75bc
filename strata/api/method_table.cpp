#include <strata/api/method_table.hpp>

#include <nlohmann/json.hpp>

namespace strata::api {

MethodTable::Outcome MethodTable::call(Context& context, const std::string& name, const Json& params) const {
    const auto it = methods_.find(name);
    if (it == methods_.end()) return Fault(Code::method_not_found, "method '" + name + "' not found");
    if (it->second.is_channel && context.channels == nullptr)
        return Fault(Code::method_not_found,
                     "method '" + name + "' not supported in this mode (no out channel support)");
    if (!context.permissions.has(it->second.needs))
        return Fault(Code::application, "missing permission to invoke '" + it->second.name + "' (need '" +
                                            std::string(permission_name(it->second.needs)) + "')");
    auto outcome = it->second.call(context, params);
    if (!outcome) outcome.error().message = context.print.with_prefix(outcome.error().message);
    return outcome;
}

Permission MethodTable::needed_for(std::string_view name) {
    const auto needed = permission_of(name);
    STRATA_CHECK(needed.has_value());
    return *needed;
}

Cost MethodTable::cost_of(const std::string& name) const {
    const auto it = methods_.find(name);
    return it == methods_.end() ? Cost::cheap : it->second.cost;
}

void add_all_methods(MethodTable& table) {
    for (auto* add : {add_node_methods,           add_chain_methods,          add_state_methods,
                      add_randomness_methods,     add_supply_methods,         add_miner_methods,
                      add_sector_methods,         add_mining_methods,         add_market_methods,
                      add_verified_methods,       add_multisig_methods,       add_pool_methods,
                      add_execution_methods,      add_search_methods,         add_sync_methods,
                      add_ethereum_methods,       add_ethereum_block_methods, add_ethereum_fee_methods,
                      add_ethereum_log_methods,   add_actor_event_methods,    add_index_methods,
                      add_txpool_methods,         add_ethereum_call_methods,  add_ethereum_send_methods,
                      add_ethereum_trace_methods, add_ethereum_debug_methods, add_ethereum_simulate_methods,
                      add_ethereum_proof_methods, add_wallet_methods,         add_wallet_lock_methods,
                      add_auth_methods,           add_subscription_methods,   add_sending_methods,
                      add_network_methods,        add_object_methods,         add_log_methods,
                      add_check_methods,          add_path_methods,           add_params_methods,
                      add_export_methods,         add_funds_methods,          add_multisig_message_methods,
                      add_absent_methods,         add_discover_methods,       add_resource_methods})
        add(table);
}

void MethodTable::mark_refused(std::string_view name, std::string why) {
    const auto it = methods_.find("Filecoin." + std::string(name));
    STRATA_CHECK(it != methods_.end());
    it->second.refusal = std::move(why);
}

void MethodTable::alias(std::string_view name, std::string_view of) {
    const auto it = methods_.find("Filecoin." + std::string(of));
    STRATA_CHECK(it != methods_.end());
    methods_[std::string(name)] = it->second;
}

void MethodTable::take(const MethodTable& from, const std::function<bool(std::string_view name)>& wanted) {
    for (const auto& [name, method] : from.methods_)
        if (wanted(name)) methods_[name] = method;
}

std::vector<MethodTable::Description> MethodTable::described() const {
    std::vector<Description> out;
    for (const auto& [name, method] : methods_)
        out.push_back({name, method.needs, method.params, method.needed, method.refusal});
    return out;
}

std::vector<std::string> MethodTable::names() const {
    std::vector<std::string> out;
    for (const auto& [name, method] : methods_) out.push_back(name);
    return out;
}

std::optional<Fault> MethodTable::check_count(const std::string& name, const Json& params, std::size_t least,
                                              std::size_t most) {
    if (params.size() >= least && params.size() <= most) return std::nullopt;
    return Fault(Code::invalid_params, "wrong param count (method '" + name + "'): " + std::to_string(params.size()) +
                                           " != " + std::to_string(most));
}

const Json* MethodTable::parameter(const Json& params, std::size_t index) {
    return index < params.size() ? &params[index] : nullptr;
}

MethodTable::Outcome MethodTable::to_outcome(const Context& context, const Json& result) {
    return to_outcome(context, Text{text_of(result)});
}

MethodTable::Outcome MethodTable::to_outcome(const Context& context, ChannelStart start) {
    if (const auto id = context.channels->open(std::move(start))) return std::optional(Text{std::to_string(*id)});
    return Fault(Code::limit_exceeded, "this connection has too many subscriptions: cancel one first");
}

MethodTable::Outcome MethodTable::to_outcome(const Context& context, Text result) {
    if (result.json.size() <= context.limits.answer_bytes) return std::optional(std::move(result));
    return Fault(Code::limit_exceeded,
                 "the answer is longer than " + std::to_string(context.limits.answer_bytes) + " bytes: ask for less");
}

Fault MethodTable::undecodable(const std::string& name, std::size_t index, const Error& error) {
    return {Code::parse,
            "unmarshaling params for '" + name + "' (param: " + std::to_string(index) + "): " + error.message()};
}

}  // namespace strata::api
