#include <strata/api/method_table.hpp>

namespace strata::api {

Answer MethodTable::call(Context& context, const std::string& name, const Json& params) const {
    const auto it = methods_.find(name);
    if (it == methods_.end()) return std::unexpected(Fault{Code::method_not_found, "method '" + name + "' not found"});
    return it->second(context, params);
}

void MethodTable::alias(std::string_view name, std::string_view of) {
    const auto it = methods_.find("Filecoin." + std::string(of));
    STRATA_CHECK(it != methods_.end());
    methods_[std::string(name)] = it->second;
}

std::vector<std::string> MethodTable::names() const {
    std::vector<std::string> out;
    for (const auto& [name, method] : methods_) out.push_back(name);
    return out;
}

Answer MethodTable::wrong_count(const std::string& name, std::size_t given, std::size_t wanted) {
    return std::unexpected(Fault{Code::invalid_params, "wrong param count (method '" + name + "'): " +
                                                           std::to_string(given) + " != " + std::to_string(wanted)});
}

Answer MethodTable::to_answer(Result<Json> result) {
    if (!result) return std::unexpected(Fault{Code::application, result.error().message()});
    return std::move(*result);
}

Fault MethodTable::undecodable(const std::string& name, std::size_t index, const Error& error) {
    return {Code::parse,
            "unmarshaling params for '" + name + "' (param: " + std::to_string(index) + "): " + error.message()};
}

}  // namespace strata::api
