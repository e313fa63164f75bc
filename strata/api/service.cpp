#include <strata/api/service.hpp>

#include <strata/api/gzip.hpp>
#include <strata/api/request_job.hpp>
#include <strata/api/snapshot_http.hpp>
#include <strata/api/socket_session.hpp>
#include <strata/api/tokens.hpp>

namespace strata::api {
namespace {

http::Response response_of(Reply reply) {
    return http::json_response(reply.status, reply.body);
}

/// Returns what the caller may do; empty if its token is not valid. Source: go-jsonrpc auth/handler.go.
std::optional<Permissions> permissions_of(const http::Request& request, const Tokens* tokens) {
    constexpr std::string_view kBearer = "Bearer ";
    std::string_view token = request.header("authorization");
    if (!token.empty()) {
        if (!token.starts_with(kBearer)) return std::nullopt;
        token.remove_prefix(kBearer.size());
    } else if (const auto it = request.query.find("token"); it != request.query.end()) {
        token = it->second;
    }
    if (token.empty()) return Permissions();
    if (tokens == nullptr) return std::nullopt;
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const auto allow = tokens->verify(token, now);
    if (!allow) return std::nullopt;
    auto out = Permissions::none();
    for (const auto permission : *allow) out.add(permission);
    return out;
}

}  // namespace

Service::Service(chain::Chain& chain, Options options)
    : serving_(std::make_unique<Serving>(chain, std::move(options))) {}
Service::~Service() {
    stop();
}

void Service::stop() {
    serving_->exports.stop();
    serving_->ethereum->stop();
    serving_->desk->stop();
    serving_->slow_desk->stop();
}

void Service::set_limits(const RequestLimits& limits) {
    serving_->limits.set(limits);
}

std::vector<std::string> Service::methods() const {
    return serving_->v1.names();
}

bool Service::serves(const http::Request& request) {
    std::string_view path = request.path;
    if (path.ends_with('/')) path.remove_suffix(1);
    return path == "/rpc/v1" || path == "/rpc/v0" || path == "/rpc/v2" || path == kSnapshotPath;
}

http::Response Service::handle(const http::Request& request) {
    const auto permissions = permissions_of(request, serving_->options.tokens);
    if (!permissions) return http::text_response(401, "the token is not one of this node, or it has expired");
    if (request.path.starts_with(kSnapshotPath)) return serve_snapshot(request, *permissions, *serving_);
    const MethodTable& table = request.path.starts_with("/rpc/v0")   ? serving_->v0
                               : request.path.starts_with("/rpc/v2") ? serving_->v2
                                                                     : serving_->v1;
    if (request.asks_upgrade)
        return {101, {}, http::Upgrade{[&serving = *serving_, &table, permissions](auto socket) {
                    return std::make_shared<SocketSession>(serving, table, *permissions, std::move(socket));
                }}};
    if (request.method == "GET")
        return http::text_response(400, "GET serves WebSocket only: send JSON-RPC 2.0 as POST, or ask for an upgrade");
    if (request.method != "POST")
        return http::text_response(405, request.method + " is not served here: send JSON-RPC 2.0 as POST");
    const RequestLimits limits = serving_->limits.get();
    const auto body = unpack(request, limits.request_bytes);
    if (!body) return http::error_response(body.error().code() == Errc::unsupported ? 415 : 400, body.error());

    auto read = read_calls(body->view(), limits);
    if (auto* refused = std::get_if<Reply>(&read)) return response_of(std::move(*refused));
    auto& calls = std::get<Calls>(read);
    auto share = MemoryShare::take(*serving_, calls, *permissions);
    if (!share) {
        auto busy = refuse({Code::limit_exceeded, "this node is working on too many requests: ask again later"});
        busy.status = 503;
        return response_of(std::move(busy));
    }
    const auto job = std::make_shared<RequestJob>(
        *serving_,
        RequestJob::Caller{.table = table, .permissions = *permissions, .channels = {}, .gone = request.gone},
        std::move(calls), std::move(*share));
    // Cheap calls run on this thread of the HTTP server; all others go to the desk, so that no thread of the server
    // waits.
    const Cost cost = job->cost();
    if (cost == Cost::cheap) {
        while (job->step() != Job::Next::done) {
        }
        return response_of(job->finish());
    }
    return {200, {}, http::Later{[desk = serving_->desk_for(cost), job](http::Done done) {
                job->on_done([done = std::move(done)](Reply reply) { done(response_of(std::move(reply))); });
                desk->add(job);
            }}};
}

}  // namespace strata::api
