// One class fills this file: the connections of a Server, how they are accepted and closed, and how one is served. All
// state belongs to the one thread that runs `io`, unless a comment says otherwise.
#include <strata/http/server.hpp>

#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <atomic>
#include <list>
#include <set>
#include <thread>

#include <strata/http/conditional.hpp>
#include <strata/http/server_parts.hpp>
#include <strata/http/web_socket_session.hpp>

namespace strata::http {
namespace {

using namespace std::chrono_literals;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using asio::ip::tcp;
using Parser = bhttp::request_parser<bhttp::vector_body<std::uint8_t>>;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMinConnections = 16;   // connections that are allowed however few descriptors there are
constexpr std::size_t kMaxRefusals = 64;      // connections that get 503 at once; more are closed without an answer
constexpr auto kAcceptPause = 50ms;           // after the system refused a connection
constexpr std::size_t kMinBuffer = 64 << 10;  // bytes that the parser may have to see in one piece
constexpr std::size_t kPart = 256 << 10;      // bytes of one part of a body that is sent in parts
constexpr std::size_t kUncounted = 64 << 10;  // answers and bodies up to this size are not counted
constexpr std::size_t kChunkExtension = 256;  // bytes of the extensions of one chunk (RFC 9112 §7.1.1)
constexpr auto kLook = 1s;                    // from one look to the next whether a client has left
constexpr auto kLinger = 1s;                  // time to read the rest that a refused peer still sends
constexpr std::size_t kLingerBytes = 256 << 10;
constexpr unsigned kSilently = 0;  // the status of a refusal that closes the connection without an answer

// The number of open connections of all servers of this process.
std::atomic<std::size_t> open_in_process = 0;

/// Returns how many connections this process may have open.
std::size_t share_of_descriptors() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return SIZE_MAX;
    return std::max<std::size_t>(kMinConnections, limit.rlim_cur / 4);
}

/// Sets options so that small answers leave at once and a peer that vanished is noticed after about two minutes.
void set_options(tcp::socket& socket) {
    ErrorCode unused;
    socket.set_option(tcp::no_delay(true), unused);
    socket.set_option(asio::socket_base::keep_alive(true), unused);
    const auto set = [&](int option, int value) {
        ::setsockopt(socket.native_handle(), IPPROTO_TCP, option, &value, sizeof(value));
    };
    set(TCP_KEEPIDLE, 60);   // seconds of silence before the first probe
    set(TCP_KEEPINTVL, 15);  // seconds from probe to probe
    set(TCP_KEEPCNT, 4);     // probes without an answer
}

bool is_below(std::string_view path, std::string_view prefix) {
    return path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
}

struct Connection {
    using Idle = std::list<std::shared_ptr<Connection>>;
    Connection(tcp::socket socket, std::size_t buffer) : stream(std::move(socket)), buffer(buffer) {}
    beast::tcp_stream stream;
    /// The bound holds for the parts that the parser must see in one piece: headers, chunk extensions, trailers.
    beast::flat_buffer buffer;
    /// The place in the list of those that wait for a request, or for the rest of one; the list is null if in none.
    Idle::iterator place{};
    Idle* list = nullptr;
};
using ConnectionPtr = std::shared_ptr<Connection>;

/// A request that a handler answers.
struct Asked {
    explicit Asked(asio::io_context& io) : look(io) {}
    std::stop_source gone;    // for `Request::gone`
    asio::steady_timer look;  // until the next look whether the client has left
};

/// Returns true if the peer has closed its side.
bool has_left(int socket) {
    pollfd poll{.fd = socket, .events = POLLRDHUP, .revents = 0};
    return ::poll(&poll, 1, 0) > 0 && (poll.revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL)) != 0;
}

/// Returns true if bytes wait to be read.
bool has_bytes(int socket) {
    char next = 0;
    return ::recv(socket, &next, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

/// The properties of a request that decide the form of its answer.
struct Form {
    bool keep_alive = false;
    bool head_only = false;
    bool chunks = true;  // false for HTTP/1.0
};

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
    out.asks_upgrade = beast::websocket::is_upgrade(message);
    for (const auto& field : message) add_field(out.headers, field.name_string(), field.value());
    // HTTP/1.1 requires exactly one Host (RFC 9112 §3.2).
    const auto hosts = message.count(bhttp::field::host);
    if (hosts > 1 || (hosts == 0 && message.version() >= 11))
        return malformed("the request has " + std::to_string(hosts) + " Host headers, expected 1 for HTTP/1.1");
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

/// Returns the length of a body; empty for a stream whose length is not known.
std::optional<std::uint64_t> body_length(const Response& response) {
    if (const auto* stream = std::get_if<Stream>(&response.body)) return stream->length;
    return std::get<Bytes>(response.body).size();
}

void set_origin_headers(bhttp::fields& fields) {
    const auto set = [&](std::string_view name, std::string_view value) {
        if (fields.count(name) == 0) fields.set(name, value);
    };
    // These are the lists that the path gateway's conformance suite requires; PUT is for uploading a deal's data.
    set("Access-Control-Allow-Origin", "*");
    set("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS, POST, PUT");
    // The star stands for every other name: pages send headers of their own (tracing, versions of clients). It does not
    // include Authorization (the Fetch standard, "CORS-preflight fetch").
    set("Access-Control-Allow-Headers",
        "Accept, Authorization, Content-Type, If-None-Match, Range, User-Agent, X-Requested-With, *");
    set("Access-Control-Expose-Headers",
        "Content-Disposition, Content-Length, Content-Range, ETag, X-Chunked-Output, X-Ipfs-Path, X-Ipfs-Roots, "
        "X-Stream-Output");
}

Response options() {
    return {204, {{"Allow", "GET, HEAD, OPTIONS, POST, PUT"}, {"Access-Control-Max-Age", "600"}}, Bytes{}};
}

/// Sets the deadline of each part of an answer. In total a reader may use `idle` seconds, and the time that its bytes
/// take at the least rate.
class Pace {
  public:
    Pace(const ServerLimits& limits, beast::tcp_stream& stream) : limits_(limits), stream_(stream) {}
    void begin_part() {
        part_began_ = Clock::now();
        const auto earned =
            std::chrono::milliseconds(1000 * bytes_taken_ / std::max<std::uint64_t>(limits_.least_rate, 1));
        const auto left = limits_.idle + earned - time_used_;
        stream_.expires_at(part_began_ + std::min<Clock::duration>(limits_.idle, left));
    }
    void end_part(std::uint64_t bytes) {
        time_used_ += Clock::now() - part_began_;
        bytes_taken_ += bytes;
    }

  private:
    const ServerLimits& limits_;
    beast::tcp_stream& stream_;
    Clock::time_point part_began_;
    Clock::duration time_used_{};
    std::uint64_t bytes_taken_ = 0;
};

}  // namespace

struct Server::Running {
    Running(Handler h, ServerLimits l);
    ~Running();

    // Connections are accepted and closed.
    asio::awaitable<void> accept();
    /// Serves a new connection, or refuses it if there are too many.
    void take(tcp::socket socket);
    bool is_full() const;
    /// Makes room for a newcomer: closes the connection that has waited longest for a request, or if there is none, the
    /// one whose request has been arriving for longest. Returns false if there is neither.
    bool close_longest_idle();
    /// Moves a connection to a list of those that may be closed; to none if `list` is null.
    static void move_to(Connection::Idle* list, const ConnectionPtr& connection);
    asio::thread_pool& lane_of(std::string_view path);

    // A connection is served: a request arrives, a handler answers, the answer is sent.
    asio::awaitable<void> serve(ConnectionPtr connection);
    asio::awaitable<void> refuse_newcomer(ConnectionPtr connection);
    /// Serves one request; returns true if the connection stays open.
    asio::awaitable<bool> serve_one(ConnectionPtr connection);
    /// Reads a request. Returns an empty optional if the complete request arrived; otherwise the refusal, whose status
    /// is kSilently if the peer is gone.
    asio::awaitable<std::optional<Response>> read_request(const ConnectionPtr& connection, Parser& parser,
                                                          Share& share);
    /// Runs the handler on its lane, and waits for its answer.
    asio::awaitable<Response> run_handler(const ConnectionPtr& connection, Request request);
    /// Serves a WebSocket connection, if there is room for one more.
    asio::awaitable<void> run_web_socket(const ConnectionPtr& connection, UpgradeRequest request, Response response,
                                         const Form& form, asio::thread_pool& lane);
    asio::awaitable<void> watch(ConnectionPtr connection, std::shared_ptr<Asked> request) const;
    using Head = bhttp::response<bhttp::buffer_body>;
    /// Returns the status line and the headers. `form.keep_alive` becomes false if nothing else can end the body.
    Head head_of(const Response& response, Form& form) const;
    /// Returns the part of the body that follows the first `sent` bytes; empty at the end. A stream is read into `room`
    /// on its lane. Errors: those of the stream.
    asio::awaitable<Result<std::span<std::uint8_t>>> next_part(Response& response, std::size_t sent, Bytes& room,
                                                               asio::thread_pool* lane);
    /// Sends an answer; returns true if the connection may continue.
    asio::awaitable<bool> answer(Connection& connection, Response response, Form form, asio::thread_pool* lane);
    static asio::awaitable<void> linger(Connection& connection);

    /// Runs `work` on a lane.
    template <class F, class T = std::invoke_result_t<F>>
    asio::awaitable<T> on_lane(asio::thread_pool& lane, F work) {
        const auto awaited = std::make_shared<Awaited<T>>(io);
        asio::post(lane, [work = std::move(work), weak = std::weak_ptr(awaited), mailbox = mailbox]() mutable {
            mailbox->post([weak, value = std::make_shared<T>(work())] {
                if (const auto waiting = weak.lock()) waiting->fill(std::move(*value));
            });
        });
        co_await awaited->wait_until_filled();
        co_return std::move(*awaited->value);
    }

    const Handler handler;
    ServerLimits limits;                     // changed by the thread of `io` alone, which reads it
    std::size_t open = 0;                    // open connections of this server
    std::size_t refusing = 0;                // in addition to these: connections that get 503
    std::uint64_t bodies = 0;                // bytes: see ServerLimits::bodies_bytes
    std::uint64_t answers = 0;               // bytes: see ServerLimits::answers_bytes
    Connection::Idle idle;                   // wait for a request; the one that waits longest is in front
    Connection::Idle arriving;               // wait for the body of a request; likewise
    std::set<std::shared_ptr<Asked>> asked;  // the requests that handlers answer
    // Everything that the coroutines use is declared above, because their frames are destroyed with `io`.
    asio::io_context io{1};
    const std::shared_ptr<Mailbox> mailbox = std::make_shared<Mailbox>(io);
    tcp::acceptor acceptor{io};
    std::vector<std::pair<std::string, std::unique_ptr<asio::thread_pool>>> lanes;  // the last: all other paths
    WebSocketHost web_sockets{io, limits, mailbox, bodies};
    std::size_t open_sockets = 0;
    std::thread thread;
};

Server::Running::Running(Handler h, ServerLimits l) : handler(std::move(h)), limits(std::move(l)) {
    for (const auto& prefix : limits.lanes)
        lanes.emplace_back(prefix, std::make_unique<asio::thread_pool>(limits.threads));
    lanes.emplace_back("", std::make_unique<asio::thread_pool>(limits.threads));
}

// Only a lack of memory could throw here, and then there is no way to go on.
Server::Running::~Running() {  // NOLINT(bugprone-exception-escape)
    asio::post(io, [this] {
        for (const auto& request : asked) request->gone.request_stop();
        io.stop();
    });
    if (thread.joinable()) thread.join();
    mailbox->close();
    lanes.clear();  // waits for the handlers that run
    // The connections in `idle` must be destroyed before `io`, because their sockets use the services of `io`. The
    // frames of coroutines hold connections too, but `io` destroys the frames before its services.
    for (auto* list : {&idle, &arriving}) {
        for (const auto& connection : *list) connection->list = nullptr;
        list->clear();
    }
    open_in_process -= open;
}

asio::thread_pool& Server::Running::lane_of(std::string_view path) {
    for (const auto& [prefix, lane] : lanes)
        if (prefix.empty() || is_below(path, prefix)) return *lane;
    return *lanes.back().second;
}

asio::awaitable<void> Server::Running::accept() {
    asio::steady_timer pause(io);
    while (true) {
        ErrorCode error;
        tcp::socket socket = co_await acceptor.async_accept(quiet(error));
        if (error == asio::error::operation_aborted) co_return;
        if (!error) {
            take(std::move(socket));
            continue;
        }
        // The process is out of descriptors or memory: trying again at once would fail again.
        close_longest_idle();
        pause.expires_after(kAcceptPause);
        co_await pause.async_wait(quiet(error));
    }
}

bool Server::Running::is_full() const {
    return open >= limits.connections || open_in_process >= share_of_descriptors();
}

void Server::Running::take(tcp::socket socket) {
    set_options(socket);
    // Larger than the limit of the headers, so that this limit is met before the buffer is full.
    const auto buffer = std::max(2 * limits.header_bytes, kMinBuffer);
    auto connection = std::make_shared<Connection>(std::move(socket), buffer);
    if (!is_full() || close_longest_idle()) {
        asio::co_spawn(io, serve(std::move(connection)), asio::detached);
    } else if (refusing < kMaxRefusals) {
        asio::co_spawn(io, refuse_newcomer(std::move(connection)), asio::detached);
    }
}

bool Server::Running::close_longest_idle() {
    const auto& list = idle.empty() ? arriving : idle;
    if (list.empty()) return false;
    const ConnectionPtr longest = list.front();
    move_to(nullptr, longest);
    longest->stream.close();
    return true;
}

void Server::Running::move_to(Connection::Idle* list, const ConnectionPtr& connection) {
    if (connection->list != nullptr) connection->list->erase(connection->place);
    connection->list = list;
    if (list != nullptr) connection->place = list->insert(list->end(), connection);
}

asio::awaitable<void> Server::Running::serve(ConnectionPtr connection) {
    ++open;
    ++open_in_process;
    while (co_await serve_one(connection)) {
    }
    ErrorCode unused;
    connection->stream.socket().shutdown(tcp::socket::shutdown_send, unused);
    --open;
    --open_in_process;
}

asio::awaitable<void> Server::Running::refuse_newcomer(ConnectionPtr connection) {
    ++refusing;
    auto full = text_response(503, "too many connections are open here: try again later");
    full.headers.emplace_back("Retry-After", "1");
    co_await answer(*connection, std::move(full), {}, nullptr);
    co_await linger(*connection);
    --refusing;
}

asio::awaitable<std::optional<Response>> Server::Running::read_request(const ConnectionPtr& connection, Parser& parser,
                                                                       Share& share) {
    auto& stream = connection->stream;
    auto& buffer = connection->buffer;
    ErrorCode error;
    move_to(&idle, connection);
    stream.expires_after(limits.idle);
    co_await bhttp::async_read_header(stream, buffer, parser, quiet(error));
    if (connection->list != nullptr) move_to(&arriving, connection);
    if (error == bhttp::error::header_limit || error == bhttp::error::buffer_overflow)
        co_return refusal(431, "the header is longer than " + std::to_string(limits.header_bytes) + " bytes");
    if (!error) {
        stream.expires_after(limits.request);
        if (!parser.is_done() && beast::iequals(parser.get()[bhttp::field::expect], "100-continue")) {
            constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
            co_await asio::async_write(stream, asio::buffer(kContinue), quiet(error));
        }
    }
    while (!error && !parser.is_done()) {
        co_await bhttp::async_read_some(stream, buffer, parser, quiet(error));
        // Only bytes that have arrived count: a peer that announces a lot and sends nothing must not keep others out.
        const auto arrived = parser.get().body().size();
        if (arrived > kUncounted && !share.grow_to(arrived, limits.bodies_bytes))
            co_return refusal(503, "other requests take up all memory that is set aside: try again later");
    }
    if (!error) co_return std::nullopt;
    if (error == bhttp::error::body_limit)
        co_return refusal(413, "the body is longer than " + std::to_string(limits.body_bytes) + " bytes");
    if (error == bhttp::error::buffer_overflow)
        co_return refusal(
            400, "a trailer or a chunk's header is longer than " + std::to_string(buffer.max_size()) + " bytes");
    // All errors of Beast's parser have the category of `bad_target`; errors of the network have others.
    const bool is_of_parser = error.category() == bhttp::make_error_code(bhttp::error::bad_target).category();
    if (is_of_parser && error != bhttp::error::end_of_stream && error != bhttp::error::partial_message)
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
    auto refused = co_await read_request(connection, parser, body);
    move_to(nullptr, connection);
    if (refused) {
        if (refused->status == kSilently) co_return false;
        co_await answer(*connection, std::move(*refused), {}, nullptr);
        co_await linger(*connection);
        co_return false;
    }
    const Form form{.keep_alive = parser.get().keep_alive(),
                    .head_only = parser.get().method() == bhttp::verb::head,
                    .chunks = parser.get().version() >= 11};
    UpgradeRequest upgrade;
    if (beast::websocket::is_upgrade(parser.get())) upgrade.base() = parser.get().base();
    auto request = request_of(parser);
    if (!request) {
        co_await answer(*connection, text_response(400, request.error().message()), {}, nullptr);
        co_return false;
    }
    auto& lane = lane_of(request->path);
    Response response =
        request->method == "OPTIONS" ? options() : co_await run_handler(connection, std::move(*request));
    if (std::holds_alternative<Upgrade>(response.body)) {
        co_await run_web_socket(connection, std::move(upgrade), std::move(response), form, lane);
        co_return false;
    }
    co_return co_await answer(*connection, std::move(response), form, &lane);
}

asio::awaitable<void> Server::Running::run_web_socket(const ConnectionPtr& connection, UpgradeRequest request,
                                                      Response response, const Form& form, asio::thread_pool& lane) {
    if (open_sockets >= limits.sockets) {
        auto full = text_response(503, "too many WebSocket connections are open here: try again later");
        full.headers.emplace_back("Retry-After", "1");
        co_await answer(*connection, std::move(full), form, nullptr);
        co_return;
    }
    ++open_sockets;
    co_await serve_web_socket(web_sockets, std::shared_ptr<beast::tcp_stream>(connection, &connection->stream),
                              std::move(request), std::get<Upgrade>(std::move(response.body)), lane);
    --open_sockets;
}

/// Waits until the client closes its side, and then requests a stop, because nobody waits for the answer any more (as
/// Go's server cancels a request's context).
asio::awaitable<void> Server::Running::watch(ConnectionPtr connection, std::shared_ptr<Asked> request) const {
    auto& socket = connection->stream.socket();
    while (!has_left(socket.native_handle())) {
        ErrorCode error;
        if (has_bytes(socket.native_handle())) {
            // The next request is here already, so that only a look from time to time can see a close after it.
            request->look.expires_after(kLook);
            co_await request->look.async_wait(quiet(error));
        } else {
            co_await socket.async_wait(tcp::socket::wait_read, quiet(error));
        }
        if (error || !asked.contains(request)) co_return;
    }
    request->gone.request_stop();
}

asio::awaitable<Response> Server::Running::run_handler(const ConnectionPtr& connection, Request request) {
    const auto mine = std::make_shared<Asked>(io);
    asked.insert(mine);
    request.gone = mine->gone.get_token();
    asio::co_spawn(io, watch(connection, mine), asio::detached);
    connection->stream.expires_never();
    auto& lane = lane_of(request.path);
    const bool asks_upgrade = request.asks_upgrade;
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
        co_await awaited->wait_until_filled();
        response = std::move(*awaited->value);
    }
    if (std::holds_alternative<Upgrade>(response.body) && !asks_upgrade)
        response = refusal(400, "this request does not ask for WebSocket (RFC 6455, section 4.1)");
    asked.erase(mine);
    ErrorCode unused;
    mine->look.cancel();
    connection->stream.socket().cancel(unused);  // these two end `watch`
    co_return response;
}

Server::Running::Head Server::Running::head_of(const Response& response, Form& form) const {
    Head head(static_cast<bhttp::status>(response.status), 11);  // HTTP/1.1
    head.set(bhttp::field::server, "strata");
    head.set(bhttp::field::date, http_date(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())));
    for (const auto& [name, value] : response.headers) head.insert(name, value);
    if (limits.any_origin) set_origin_headers(head);
    if (!has_no_body(response.status)) {
        if (const auto length = body_length(response))
            head.content_length(*length);
        else if (form.chunks)
            head.chunked(true);
        else
            form.keep_alive = false;  // the end of the connection ends the body
    }
    head.keep_alive(form.keep_alive);
    return head;
}

asio::awaitable<Result<std::span<std::uint8_t>>> Server::Running::next_part(Response& response, std::size_t sent,
                                                                            Bytes& room, asio::thread_pool* lane) {
    if (auto* bytes = std::get_if<Bytes>(&response.body)) {
        const auto rest = std::span(*bytes).subspan(sent);
        co_return rest.first(std::min(kPart, rest.size()));
    }
    const auto& stream = std::get<Stream>(response.body);
    room.resize(kPart);
    const auto read = co_await on_lane(*lane, [&stream, &room]() -> Result<std::size_t> { return stream.read(room); });
    if (!read) co_return read.error();
    co_return std::span(room).first(*read);
}

asio::awaitable<bool> Server::Running::answer(Connection& connection, Response response, Form form,
                                              asio::thread_pool* lane) {
    Share share(answers);
    if (const auto* bytes = std::get_if<Bytes>(&response.body);
        bytes != nullptr && bytes->size() > kUncounted && !share.grow_to(bytes->size(), limits.answers_bytes))
        response = refusal(503, "other answers take up all memory that is set aside: try again later");

    auto head = head_of(response, form);
    const bool head_only = form.head_only || has_no_body(response.status);
    ErrorCode error;
    Pace pace(limits, connection.stream);
    bhttp::response_serializer<bhttp::buffer_body> serializer(head);
    auto& out = head.body();
    out.data = nullptr;
    out.more = !head_only;
    if (head_only) {
        pace.begin_part();
        co_await bhttp::async_write_header(connection.stream, serializer, quiet(error));
        co_return !error && form.keep_alive;
    }
    const auto* bytes = std::get_if<Bytes>(&response.body);
    std::size_t sent = 0;
    Bytes room;
    while (!serializer.is_done()) {
        const auto part = co_await next_part(response, sent, room, lane);
        if (!part) co_return false;
        sent += part->size();
        out.data = part->empty() ? nullptr : part->data();
        out.size = part->size();
        out.more = bytes != nullptr ? sent < bytes->size() : !part->empty();
        pace.begin_part();
        co_await bhttp::async_write(connection.stream, serializer, quiet(error));
        if (error == bhttp::error::need_buffer) error = {};
        if (error) co_return false;
        pace.end_part(part->size());
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

Result<std::unique_ptr<Server>> Server::start(const std::string& address, std::uint16_t port, Handler handler,
                                              const ServerLimits& limits) {
    ErrorCode error;
    const auto ip = asio::ip::make_address(address, error);
    if (error) return fail(Errc::invalid_argument, "'" + address + "' is not an IP address");
    const tcp::endpoint endpoint(ip, port);
    auto running = std::make_unique<Running>(std::move(handler), limits);
    auto& acceptor = running->acceptor;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    const std::string where = bracketed(address) + ":" + std::to_string(port);
    if (error == asio::error::address_in_use)
        return fail(Errc::busy, "a different program listens on " + where + ": stop it or choose a different port");
    if (error) return fail(Errc::io, "cannot listen on " + where + ": " + error.message());

    asio::co_spawn(running->io, running->accept(), asio::detached);
    running->thread = std::thread([&io = running->io] { io.run(); });
    return std::unique_ptr<Server>(new Server(std::move(running)));
}

Server::Server(std::unique_ptr<Running> running) : running_(std::move(running)) {}
Server::~Server() = default;

void Server::set_limits(const ServerLimits& limits) {
    asio::post(running_->io, [&to = running_->limits, fresh = limits] {
        to.connections = fresh.connections;
        to.sockets = fresh.sockets;
        to.body_bytes = fresh.body_bytes;
        to.bodies_bytes = fresh.bodies_bytes;
        to.answers_bytes = fresh.answers_bytes;
        to.socket_message_bytes = fresh.socket_message_bytes;
        to.idle = fresh.idle;
        to.any_origin = fresh.any_origin;
    });
}

std::uint16_t Server::port() const {
    return running_->acceptor.local_endpoint().port();
}

std::string Server::url() const {
    const auto endpoint = running_->acceptor.local_endpoint();
    return "http://" + bracketed(endpoint.address().to_string()) + ":" + std::to_string(endpoint.port());
}

}  // namespace strata::http
