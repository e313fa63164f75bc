#include <strata/api/service.hpp>

#include <strata/api/rpc.hpp>

namespace strata::api {

struct Service::Inside {
    Inside(chain::FullNode& n, Options o) : node(n), options(std::move(o)) {
        for (auto* add :
             {add_node_methods, add_chain_methods, add_state_methods, add_randomness_methods, add_supply_methods,
              add_miner_methods, add_sector_methods, add_mining_methods, add_market_methods, add_verified_methods,
              add_multisig_methods, add_pool_methods, add_search_methods, add_ethereum_methods})
            add(table);
        // The node keeps the listener for ever: it holds the signal, not this object.
        node.on_head([signal = heads](const auto&, const auto&) { signal->changed(); });
    }

    Answer call(const std::string& name, const Json& params, HeadSignal::Deadline deadline) {
        Context context{.node = node,
                        .options = options,
                        .heads = *heads,
                        .waiting = waiting,
                        .deadline = deadline,
                        .guard = options.node_guard == nullptr ? std::unique_lock<std::mutex>()
                                                               : std::unique_lock(*options.node_guard),
                        .print = Printer(options.address_prefix)};
        return table.call(context, name, params);
    }

    chain::FullNode& node;
    const Options options;
    MethodTable table;
    std::shared_ptr<HeadSignal> heads = std::make_shared<HeadSignal>();
    std::atomic<std::size_t> waiting = 0;
};

Service::Service(chain::FullNode& node, Options options)
    : inside_(std::make_unique<Inside>(node, std::move(options))) {}
Service::~Service() = default;

void Service::stop() {
    inside_->heads->stop();
}

std::vector<std::string> Service::methods() const {
    return inside_->table.names();
}

bool Service::serves(const http::Request& request) {
    return request.path == "/rpc/v1" || request.path == "/rpc/v0";
}

http::Response Service::handle(const http::Request& request) {
    if (request.header("upgrade") == "websocket" || request.method == "GET")
        return http::text_response(400, "no WebSocket is offered here: send JSON-RPC 2.0 as POST");
    if (request.method != "POST") return http::text_response(405, "send JSON-RPC 2.0 as POST");
    const auto deadline = std::chrono::steady_clock::now() + inside_->options.wait;
    const auto reply = answer_body(request.body, inside_->options, [&](const std::string& name, const Json& params) {
        return inside_->call(name, params, deadline);
    });
    return http::json_response(reply.status, reply.body);
}

}  // namespace strata::api
