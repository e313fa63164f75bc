// The part of Server that serves one connection: a request arrives, a handler answers, the answer is sent.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <strata/http/conditional.hpp>
#include <strata/http/server_running.hpp>

namespace strata::http {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kPart = 256 << 10;      // bytes of one part of a body that is sent in parts
constexpr std::size_t kUncounted = 64 << 10;  // answers up to this size are not counted
constexpr std::size_t kChunkExtension = 256;  // bytes of the extensions of one chunk (RFC 9112 §7.1.1)
constexpr auto kLinger = 1s;                  // time to read the rest that a refused peer still sends
constexpr std::size_t kLingerBytes = 256 << 10;

Error malformed(std::string_view what) {
    return fail(Errc::malformed, what);
}

/// Adds a field. Fields of the same name form one list (RFC 9110 §5.3); cookies are joined in their own way (RFC 6265
/// §5.4).
void add_field(std::map<std::string, std::string>& to, std::string_view name, std::string_view value) {
    std::string lower(name);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
    const auto [it, is_new] = to.emplace(std::move(lower), value);
    if (!is_new) it->second += (it->first == "cookie" ? "; " : ", ") + std::string(value);
}

Result<Request> request_of(Parser& parser) {
    auto message = parser.release();
    Request out;
    out.method = message.method_string();
    for (const auto& field : message) add_field(out.headers, field.name_string(), field.value());
    // HTTP/1.1 requires exactly one Host (RFC 9112 §3.2).
    const auto hosts = message.count(bhttp::field::host);
    if (hosts > 1 || (hosts == 0 && message.version() >= 11))
        return malformed("an HTTP/1.1 request needs one Host header, this one has " + std::to_string(hosts));
    if (out.method == "OPTIONS" && message.target() == "*") {
        out.path = "*";
        return out;
    }
    STRATA_TRY(auto target, parse_target(message.target()));
    out.path = std::move(target.path);
    out.query = std::move(target.query);
    out.body = std::move(message.body());
    return out;
}

Response refusal(unsigned status, std::string_view why) {
    return text_response(status, why);
}

/// Returns true if answers with this status have no body (RFC 9110 §6.4.1).
bool has_no_body(unsigned status) {
    return status == 204 || status == 304 || status / 100 == 1;
}

void set_origin_headers(bhttp::fields& fields) {
    const auto set = [&](std::string_view name, std::string_view value) {
        if (fields.count(name) == 0) fields.set(name, value);
    };
    // These are the lists that the path gateway's conformance suite requires; PUT is for uploading a deal's data.
    set("Access-Control-Allow-Origin", "*");
    set("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS, POST, PUT");
    set("Access-Control-Allow-Headers",
        "Accept, Authorization, Content-Type, If-None-Match, Range, User-Agent, X-Requested-With");
    set("Access-Control-Expose-Headers",
        "Content-Disposition, Content-Length, Content-Range, ETag, X-Chunked-Output, X-Ipfs-Path, X-Ipfs-Roots, "
        "X-Stream-Output");
}

Response options() {
    return {204, {{"Allow", "GET, HEAD, OPTIONS, POST, PUT"}, {"Access-Control-Max-Age", "600"}}, Bytes{}};
}

/// Computes how long a reader may take for the next part: at most `idle`. All parts together may take `idle` and the
/// time that their bytes need at the least rate, because a peer that takes one byte now and then could hold memory for
/// hours.
class Pace {
  public:
    Pace(const ServerLimits& limits, beast::tcp_stream& stream) : limits_(limits), stream_(stream) {}
    void begin_part() {
        began_ = Clock::now();
        const auto earned = std::chrono::milliseconds(1000 * taken_ / std::max<std::uint64_t>(limits_.least_rate, 1));
        // Only time spent on writing counts: a slow handler is not the reader's fault.
        const auto left = limits_.idle + earned - used_;
        stream_.expires_at(began_ + std::min<Clock::duration>(limits_.idle, left));
    }
    void end_part(std::uint64_t bytes) {
        used_ += Clock::now() - began_;
        taken_ += bytes;
    }

  private:
    const ServerLimits& limits_;
    beast::tcp_stream& stream_;
    Clock::time_point began_;
    Clock::duration used_{};
    std::uint64_t taken_ = 0;
};

}  // namespace

asio::awaitable<std::optional<Response>> Server::Running::read_request(const ConnectionPtr& connection, Parser& parser,
                                                                       Share& share) {
    auto& stream = connection->stream;
    auto& buffer = connection->buffer;
    constexpr unsigned kSilently = 0;
    ErrorCode error;
    set_idle(connection, true);
    stream.expires_after(limits.idle);
    co_await bhttp::async_read_header(stream, buffer, parser, quiet(error));
    set_idle(connection, false);
    if (error == bhttp::error::header_limit || error == bhttp::error::buffer_overflow)
        co_return refusal(431, "the header is longer than " + std::to_string(limits.header_bytes) + " bytes");
    if (!error) {
        const auto announced = parser.content_length();
        if (announced && !share.grow_to(*announced, limits.bodies_bytes))
            co_return refusal(503, "other requests take up all memory that is set aside: try again later");
        stream.expires_after(limits.request);
        if (!parser.is_done() && beast::iequals(parser.get()[bhttp::field::expect], "100-continue")) {
            constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
            co_await asio::async_write(stream, asio::buffer(kContinue), quiet(error));
        }
    }
    while (!error && !parser.is_done()) {
        co_await bhttp::async_read_some(stream, buffer, parser, quiet(error));
        if (!share.grow_to(parser.get().body().size(), limits.bodies_bytes))
            co_return refusal(503, "other requests take up all memory that is set aside: try again later");
    }
    if (!error) co_return std::nullopt;
    if (error == bhttp::error::body_limit)
        co_return refusal(413, "the body is longer than " + std::to_string(limits.body_bytes) + " bytes");
    if (error == bhttp::error::buffer_overflow) co_return refusal(400, "a trailer or a chunk's header is too long");
    // A connection that ends or breaks gets no answer, because nobody would read it.
    const bool is_protocol = error.category() == bhttp::make_error_code(bhttp::error::bad_target).category();
    if (is_protocol && error != bhttp::error::end_of_stream && error != bhttp::error::partial_message)
        co_return refusal(400, "this is not an HTTP request: " + error.message());
    co_return Response{kSilently, {}, Bytes{}};
}

asio::awaitable<bool> Server::Running::serve_one(ConnectionPtr connection) {
    Parser parser;
    parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes));
    parser.body_limit(limits.body_bytes);
    // The parser does not limit the extensions of chunks, so they are counted here.
    std::uint64_t extensions = 0;
    auto on_chunk = [&](std::uint64_t, beast::string_view extension, ErrorCode& error) {
        extensions += extension.size();
        if (extension.size() > kChunkExtension || extensions > limits.header_bytes)
            error = bhttp::error::bad_chunk_extension;
    };
    parser.on_chunk_header(on_chunk);
    Share body(bodies);
    // The rest of a request that was refused cannot be told from the next one, so a refusal closes the connection.
    if (auto refused = co_await read_request(connection, parser, body)) {
        if (refused->status == 0) co_return false;
        co_await answer(*connection, std::move(*refused), {}, nullptr);
        co_await linger(*connection);
        co_return false;
    }
    const Form form{.keep_alive = parser.get().keep_alive(),
                    .head_only = parser.get().method() == bhttp::verb::head,
                    .chunks = parser.get().version() >= 11};
    auto request = request_of(parser);
    if (!request) {
        co_await answer(*connection, text_response(400, request.error().message()), {}, nullptr);
        co_return false;
    }
    auto& lane = lane_of(request->path);
    Response response = request->method == "OPTIONS" ? options() : co_await handled(connection, std::move(*request));
    co_return co_await answer(*connection, std::move(response), form, &lane);
}

/// Waits until the client closes its side: then nobody waits for the answer (as Go's server cancels a request's
/// context).
asio::awaitable<void> Server::Running::watch(ConnectionPtr connection, std::shared_ptr<std::stop_source> gone) {
    auto& socket = connection->stream.socket();
    while (true) {
        ErrorCode error;
        co_await socket.async_wait(tcp::socket::wait_read, quiet(error));
        if (error || !asked.contains(gone)) co_return;
        char next = 0;
        const auto got = ::recv(socket.native_handle(), &next, 1, MSG_PEEK | MSG_DONTWAIT);
        if (got > 0) co_return;  // the next request is here already: a close after it cannot be seen
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        gone->request_stop();
        co_return;
    }
}

asio::awaitable<Response> Server::Running::handled(const ConnectionPtr& connection, Request request) {
    const auto gone = std::make_shared<std::stop_source>();
    asked.insert(gone);
    request.gone = gone->get_token();
    // A client that has sent its next request already cannot be watched: its close would follow unread bytes.
    if (connection->buffer.size() == 0) asio::co_spawn(io, watch(connection, gone), asio::detached);
    connection->stream.expires_never();
    auto& lane = lane_of(request.path);
    auto response = co_await on_lane(lane, [this, request = std::make_shared<Request>(std::move(request))]() {
        try {
            return handler(*request);
        } catch (const std::bad_alloc&) {
            return refusal(503, "there is not enough memory for this request");
        } catch (const std::exception&) {
            return refusal(500, "this request failed because of an error in this program");
        }
    });
    while (auto* later = std::get_if<Later>(&response.body)) {
        const auto awaited = std::make_shared<Awaited<Response>>(io);
        later->start([weak = std::weak_ptr(awaited), mailbox = mailbox](Response&& answer) {
            mailbox->post([weak, answer = std::make_shared<Response>(std::move(answer))] {
                if (const auto waiting = weak.lock()) waiting->fill(std::move(*answer));
            });
        });
        co_await awaited->filled();
        response = std::move(*awaited->value);
    }
    asked.erase(gone);
    ErrorCode unused;
    connection->stream.socket().cancel(unused);  // ends `watch`
    co_return response;
}

asio::awaitable<bool> Server::Running::answer(Connection& connection, Response response, Form form,
                                              asio::thread_pool* lane) {
    Share share(answers);
    if (const auto* bytes = std::get_if<Bytes>(&response.body);
        bytes != nullptr && bytes->size() > kUncounted && !share.grow_to(bytes->size(), limits.answers_bytes))
        response = refusal(503, "other answers take up all memory that is set aside: try again later");

    const auto* stream = std::get_if<Stream>(&response.body);
    bhttp::response<bhttp::buffer_body> message(static_cast<bhttp::status>(response.status), 11);
    message.set(bhttp::field::server, "strata");
    message.set(bhttp::field::date,
                http_date(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())));
    for (const auto& [name, value] : response.headers) message.insert(name, value);
    if (limits.any_origin) set_origin_headers(message);
    const auto length =
        stream != nullptr ? stream->length : std::optional<std::uint64_t>(std::get<Bytes>(response.body).size());
    const bool no_body = has_no_body(response.status);
    if (!no_body && length) message.content_length(*length);
    if (!no_body && !length && form.chunks) message.chunked(true);
    if (!no_body && !length && !form.chunks) form.keep_alive = false;  // the end of the connection ends the body
    message.keep_alive(form.keep_alive);

    ErrorCode error;
    Pace pace(limits, connection.stream);
    bhttp::response_serializer<bhttp::buffer_body> serializer(message);
    auto& out = message.body();
    out.data = nullptr;
    out.more = !no_body && !form.head_only;
    if (no_body || form.head_only) {
        pace.begin_part();
        co_await bhttp::async_write_header(connection.stream, serializer, quiet(error));
        co_return !error && form.keep_alive;
    }
    // A body in memory is sent in parts too, so that its reader's pace is measured.
    std::size_t sent = 0;
    Bytes part;
    while (!serializer.is_done()) {
        std::size_t size = 0;
        if (stream == nullptr) {
            auto& bytes = std::get<Bytes>(response.body);
            size = std::min(kPart, bytes.size() - sent);
            out.data = bytes.data() + sent;
            sent += size;
            out.more = sent < bytes.size();
        } else {
            part.resize(kPart);
            auto read =
                co_await on_lane(*lane, [stream, &part]() -> Result<std::size_t> { return stream->read(part); });
            if (!read) co_return false;
            size = *read;
            out.data = part.data();
            out.more = size != 0;
        }
        if (size == 0) out.data = nullptr;
        out.size = size;
        pace.begin_part();
        co_await bhttp::async_write(connection.stream, serializer, quiet(error));
        // The serializer asks for the next part in this way.
        if (error == bhttp::error::need_buffer) error = {};
        if (error) co_return false;
        pace.end_part(size);
    }
    co_return form.keep_alive;
}

/// Continues to read for a moment, because unread bytes of the peer would make the system throw the answer away (RFC
/// 9112 §9.6).
asio::awaitable<void> Server::Running::linger(Connection& connection) {
    ErrorCode error;
    connection.stream.socket().shutdown(tcp::socket::shutdown_send, error);
    connection.stream.expires_after(kLinger);
    Bytes unused(16 << 10);
    for (std::size_t read = 0; !error && read < kLingerBytes;)
        read += co_await connection.stream.async_read_some(asio::buffer(unused), quiet(error));
}

}  // namespace strata::http
