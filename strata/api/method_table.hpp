#pragma once
// Methods by name. A handler is a function of a Context and typed parameters; the table decodes them.
// Codes: node.md §28.3; that a parameter of the wrong kind is a parse error is go-jsonrpc's rule (handler.go).
#include <functional>
#include <map>
#include <tuple>

#include <strata/api/context.hpp>

namespace strata::api {

enum class Code : int {
    application = 1,
    parse = -32700,
    invalid_request = -32600,
    method_not_found = -32601,
    invalid_params = -32602,
};

struct Fault {
    Code code = Code::application;
    std::string message;
};
using Answer = std::expected<Json, Fault>;

class MethodTable {
  public:
    /// `handler` returns Result<Json>; its parameters after the context are plain values. The name goes without prefix.
    template <class... P>
    void add(std::string_view name, Result<Json> (*handler)(Context&, const P&...)) {
        const std::string full = "Filecoin." + std::string(name);
        methods_[full] = [full, handler](Context& context, const Json& params) -> Answer {
            if (params.size() != sizeof...(P)) return wrong_count(full, params.size(), sizeof...(P));
            std::tuple<P...> values;
            if (auto wrong = decode<0>(full, params, values)) return std::unexpected(std::move(*wrong));
            return to_answer(
                std::apply([&](const P&... value) { return handler(context, value...); }, std::as_const(values)));
        };
    }
    /// Another whole name of a method that is here already.
    void alias(std::string_view name, std::string_view of);
    /// `params` is an array.
    Answer call(Context& context, const std::string& name, const Json& params) const;
    std::vector<std::string> names() const;

  private:
    using Method = std::function<Answer(Context&, const Json&)>;

    static Answer wrong_count(const std::string& name, std::size_t given, std::size_t wanted);
    static Answer to_answer(Result<Json> result);
    static Fault undecodable(const std::string& name, std::size_t index, const Error& error);

    template <std::size_t I, class Tuple>
    static std::optional<Fault> decode(const std::string& name, const Json& params, Tuple& values) {
        if constexpr (I < std::tuple_size_v<Tuple>) {
            if (const auto done = read(params[I], std::get<I>(values)); !done)
                return undecodable(name, I, done.error());
            return decode<I + 1>(name, params, values);
        } else {
            return std::nullopt;
        }
    }

    std::map<std::string, Method, std::less<>> methods_;
};

// One function for each subject; each adds its methods.
void add_node_methods(MethodTable& table);
void add_chain_methods(MethodTable& table);
void add_state_methods(MethodTable& table);
void add_randomness_methods(MethodTable& table);
void add_supply_methods(MethodTable& table);
void add_miner_methods(MethodTable& table);
void add_sector_methods(MethodTable& table);
void add_mining_methods(MethodTable& table);
void add_market_methods(MethodTable& table);
void add_verified_methods(MethodTable& table);
void add_multisig_methods(MethodTable& table);
void add_pool_methods(MethodTable& table);
void add_search_methods(MethodTable& table);
void add_ethereum_methods(MethodTable& table);

}  // namespace strata::api
