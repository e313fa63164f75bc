#pragma once
// Maps methods by name to their handlers. A handler is a function of a Context and typed parameters; the table decodes
// them. Codes: docs/protocol/node.md §28.3; a parameter of the wrong type is a parse error, as in go-jsonrpc
// (handler.go).
#include <functional>
#include <map>
#include <tuple>

#include <strata/api/context.hpp>
#include <strata/api/permissions.hpp>

namespace strata::api {

/// A parameter that may be left out at the end of the list. Null means the same as leaving it out.
template <class T>
struct Omittable {
    std::optional<T> value;
};
template <std::same_as<Json> J, class T>
Status read(const J& from, Omittable<T>& to) {
    return read(from, to.value);
}

/// The cost of a call, in ascending order. Cheap calls look up a few things at most. The cost of expensive calls grows
/// with the caller's request or with the chain. Slow calls execute messages, or go through whole states or long parts
/// of the chain. Expensive and slow calls run on threads of their own each (service.hpp), so that neither kind waits
/// for the dearer ones.
enum class Cost { cheap, expensive, slow };

class MethodTable {
  public:
    /// Adds a method. `handler` returns Result or Answered of Json or Text, or of an optional of these: an empty one
    /// means that the call waits for the next head. Or it returns a Result of ChannelStart: then the method's answer is
    /// a channel. Its parameters after the context are plain values. `name` has no
    /// prefix, and must be one of permissions.hpp; an existing method of this name is replaced.
    template <class R, class... P>
    void add(std::string_view name, R (*handler)(Context&, const P&...), Cost cost = Cost::cheap) {
        const std::string full = "Filecoin." + std::string(name);
        constexpr std::size_t kOmittable = (std::size_t{0} + ... + std::size_t{is_omittable(std::type_identity<P>{})});
        constexpr bool kIsChannel = std::same_as<R, Result<ChannelStart>>;
        methods_[full] = {cost,
                          needed_for(name),
                          std::string(name),
                          kIsChannel,
                          sizeof...(P),
                          sizeof...(P) - kOmittable,
                          [full, handler](Context& context, const Json& params) -> Outcome {
                              if (auto wrong = check_count(full, params, sizeof...(P) - kOmittable, sizeof...(P)))
                                  return std::move(*wrong);
                              std::tuple<P...> values;
                              if (auto wrong = decode<0>(full, params, values)) return std::move(*wrong);
                              return to_outcome(
                                  context, std::apply([&](const P&... value) { return handler(context, value...); },
                                                      std::as_const(values)));
                          }};
    }
    /// Notes that this node refuses every call of a method that was added, and why, for those who list the methods. An
    /// alias that is added later shares this.
    void mark_refused(std::string_view name, std::string why);
    /// Adds a further name for the method `of`; `name` is complete, and `of` is without "Filecoin.".
    void alias(std::string_view name, std::string_view of);
    /// Adds the methods of a table whose complete names `wanted` accepts.
    void take(const MethodTable& from, const std::function<bool(std::string_view name)>& wanted);

    /// The result of a call. If it is empty, the call waits for the next head and is then made again with the same
    /// Context::memory.
    using Outcome = Answered<std::optional<Text>>;
    /// Calls a method, if the caller's permissions allow it. `params` is an array.
    Outcome call(Context& context, const std::string& name, const Json& params) const;
    /// Returns the cost of a method; cheap if the table does not have it.
    Cost cost_of(const std::string& name) const;
    std::vector<std::string> names() const;
    struct Description {
        std::string name;  // complete
        Permission needs = Permission::admin;
        std::size_t params = 0;  // the most
        std::size_t needed = 0;  // the fewest
        std::string refusal;     // why every call is refused; empty for a method that is served
    };
    /// Describes all methods, in ascending order of their names.
    std::vector<Description> described() const;

  private:
    struct Method {
        Cost cost = Cost::cheap;
        Permission needs = Permission::admin;
        std::string name;  // without prefix
        bool is_channel = false;
        std::size_t params = 0;  // the most
        std::size_t needed = 0;  // the fewest
        std::function<Outcome(Context&, const Json&)> call;
        std::string refusal = {};
    };

    /// Returns the permission that a method needs; the name is known (checked).
    static Permission needed_for(std::string_view name);

    template <class T>
    static constexpr bool is_omittable(std::type_identity<T>) {
        return false;
    }
    template <class T>
    static constexpr bool is_omittable(std::type_identity<Omittable<T>>) {
        return true;
    }

    /// Returns the refusal of a call that has fewer than `least` or more than `most` parameters; empty for all others.
    static std::optional<Fault> check_count(const std::string& name, const Json& params, std::size_t least,
                                            std::size_t most);
    /// Returns a parameter; null if it is left out.
    static const Json* parameter(const Json& params, std::size_t index);
    /// Returns the refusal of a parameter that cannot be read.
    static Fault undecodable(const std::string& name, std::size_t index, const Error& error);

    static Outcome to_outcome(const Context& context, const Json& result);
    static Outcome to_outcome(const Context& context, Text result);
    static Outcome to_outcome(const Context& context, ChannelStart start);
    template <class T>
    static Outcome to_outcome(const Context& context, std::optional<T> result) {
        if (!result) return std::optional<Text>();
        return to_outcome(context, std::move(*result));
    }
    template <class T>
    static Outcome to_outcome(const Context& context, Result<T> result) {
        if (!result) return Fault(result.error());
        return to_outcome(context, std::move(*result));
    }
    template <class T>
    static Outcome to_outcome(const Context& context, Answered<T> result) {
        if (!result) return std::move(result).error();
        return to_outcome(context, std::move(*result));
    }

    template <std::size_t I, class Tuple>
    static std::optional<Fault> decode(const std::string& name, const Json& params, Tuple& values) {
        if constexpr (I < std::tuple_size_v<Tuple>) {
            const Json* given = parameter(params, I);
            if (given == nullptr) return std::nullopt;  // the rest is left out
            if (const auto done = read(*given, std::get<I>(values)); !done) return undecodable(name, I, done.error());
            return decode<I + 1>(name, params, values);
        } else {
            return std::nullopt;
        }
    }

    std::map<std::string, Method, std::less<>> methods_;
};

/// Adds the methods of /rpc/v1.
void add_all_methods(MethodTable& table);
// Each of these functions adds the methods of one subject.
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
void add_execution_methods(MethodTable& table);
void add_search_methods(MethodTable& table);
void add_sync_methods(MethodTable& table);
void add_ethereum_methods(MethodTable& table);
void add_ethereum_block_methods(MethodTable& table);
void add_ethereum_fee_methods(MethodTable& table);
void add_ethereum_log_methods(MethodTable& table);
void add_actor_event_methods(MethodTable& table);
void add_index_methods(MethodTable& table);
void add_txpool_methods(MethodTable& table);
void add_ethereum_call_methods(MethodTable& table);
void add_ethereum_send_methods(MethodTable& table);
void add_ethereum_trace_methods(MethodTable& table);
void add_ethereum_debug_methods(MethodTable& table);
void add_ethereum_simulate_methods(MethodTable& table);
void add_ethereum_proof_methods(MethodTable& table);
void add_wallet_methods(MethodTable& table);
void add_wallet_lock_methods(MethodTable& table);
void add_auth_methods(MethodTable& table);
void add_subscription_methods(MethodTable& table);
void add_sending_methods(MethodTable& table);
void add_network_methods(MethodTable& table);
void add_object_methods(MethodTable& table);
void add_log_methods(MethodTable& table);
void add_check_methods(MethodTable& table);
void add_resource_methods(MethodTable& table);
void add_path_methods(MethodTable& table);
void add_params_methods(MethodTable& table);
void add_export_methods(MethodTable& table);
void add_funds_methods(MethodTable& table);
void add_multisig_message_methods(MethodTable& table);
void add_absent_methods(MethodTable& table);
void add_discover_methods(MethodTable& table);

/// Adds the methods that /rpc/v0 has with different parameters than /rpc/v1, or under different names; all others are
/// the same there. Source: lotus api/v0api/v1_wrapper.go, node/rpc.go.
void add_v0_methods(MethodTable& table);
// The parts of add_v0_methods() are in the files of the /rpc/v1 methods that they wrap.
void add_v0_node_methods(MethodTable& table);
void add_v0_search_methods(MethodTable& table);
void add_v0_randomness_methods(MethodTable& table);
void add_v0_mining_methods(MethodTable& table);
void add_v0_sector_methods(MethodTable& table);
void add_v0_multisig_methods(MethodTable& table);
void add_v0_absent_methods(MethodTable& table);

/// Adds the methods of /rpc/v2: those of its own, and the ones of /rpc/v1 that it shares.
void add_v2_methods(MethodTable& table, const MethodTable& v1);

}  // namespace strata::api
