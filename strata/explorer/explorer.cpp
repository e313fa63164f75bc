#include <strata/explorer/explorer.hpp>

#include <algorithm>
#include <atomic>

#include <nlohmann/json.hpp>

#include <strata/explorer/gather.hpp>
#include <strata/explorer/pages.hpp>
#include <strata/explorer/site.hpp>
#include <strata/http/conditional.hpp>

namespace strata::explorer {
namespace {

constexpr std::string_view kRoot = "/explorer";
constexpr std::string_view kShell = "index.html";
/// The most pages whose facts are gathered at once: half of a lane's threads (ServerLimits::threads), so that files are
/// served meanwhile.
constexpr int kGathered = 2;

// Only files of this site run, nothing is asked elsewhere, and no text becomes HTML. The gateway (/ipfs) lies at the
// same origin, so its data must never be shown as pages: it is served with its own types and nosniff.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

std::string_view type_of(std::string_view path) {
    if (path.ends_with(".html")) return "text/html; charset=utf-8";
    if (path.ends_with(".js")) return "text/javascript; charset=utf-8";
    if (path.ends_with(".css")) return "text/css; charset=utf-8";
    if (path.ends_with(".svg")) return "image/svg+xml";
    return "application/json";
}

const SiteFile* find_file(std::string_view path) {
    const auto files = site();
    const auto it = std::ranges::lower_bound(files, path, {}, &SiteFile::path);
    return it != files.end() && it->path == path ? &*it : nullptr;
}

http::Response guarded(http::Response response) {
    const auto add = [&](std::string_view name, std::string_view value) { response.headers.emplace_back(name, value); };
    add("Content-Security-Policy", kPolicy);
    add("X-Content-Type-Options", "nosniff");
    add("Referrer-Policy", "no-referrer");
    add("Cross-Origin-Opener-Policy", "same-origin");
    add("Cross-Origin-Resource-Policy", "same-origin");
    return response;
}

http::Response file_response(const http::Request& request, const SiteFile& file, unsigned status = 200) {
    // A browser asks each time whether its copy is still right, so that a new version of the program shows at once.
    http::Response out{status, {{"ETag", std::string(file.etag)}, {"Cache-Control", "no-cache"}}, Bytes{}};
    if (status == 200 && http::matches_none_match(request.header("if-none-match"), file.etag)) {
        out.status = 304;
        return guarded(std::move(out));
    }
    out.headers.emplace_back("Content-Type", type_of(file.path));
    out.body = to_bytes(file.content);
    return guarded(std::move(out));
}

http::Response json_response(unsigned status, const Json& json) {
    auto out = http::json_response(status, json.dump(-1, ' ', false, Json::error_handler_t::replace));
    out.headers.emplace_back("Cache-Control", "no-store");
    return guarded(std::move(out));
}

http::Response redirect() {
    return guarded({307, {{"Location", std::string(kRoot) + "/"}, {"Vary", "Accept"}}, Bytes{}});
}

}  // namespace

struct Explorer::Parts {
    explicit Parts(http::Handler handler) : inside(std::move(handler)) {}
    http::Response facts(const http::Request& request, const Visit& visit);

    const http::Handler inside;
    const Pages pages{find_file("pages.json")->content};
    std::atomic<int> gathering = 0;
};

http::Response Explorer::Parts::facts(const http::Request& request, const Visit& visit) {
    struct Turn {
        explicit Turn(std::atomic<int>& count) : count_(count), taken(count.fetch_add(1) < kGathered) {}
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        ~Turn() { --count_; }
        std::atomic<int>& count_;
        bool taken;
    } const turn(gathering);
    if (!turn.taken) {
        auto out = json_response(503, {{"error", "other pages are being gathered now; ask again in a second"}});
        out.headers.emplace_back("Retry-After", "1");
        return out;
    }
    return json_response(200, gather(inside, request, visit));
}

Explorer::Explorer(http::Handler inside) : parts_(std::make_unique<Parts>(std::move(inside))) {}
Explorer::~Explorer() = default;

bool Explorer::serves(const http::Request& request) {
    const std::string_view path = request.path;
    if (path == "/") return request.method == "GET" && request.header("accept").contains("text/html");
    return path == kRoot || path.starts_with("/explorer/");
}

http::Response Explorer::handle(const http::Request& request) {
    if (request.method != "GET" && request.method != "HEAD") {
        auto out = http::text_response(405, request.method + " is not allowed here; use GET or HEAD");
        out.headers.emplace_back("Allow", "GET, HEAD");
        return guarded(std::move(out));
    }
    std::string_view path = request.path;
    if (path == "/" || path == kRoot) return redirect();
    path.remove_prefix(kRoot.size() + 1);
    // The files are a table of names: a path with dots or a second slash finds none of them.
    if (const auto* file = find_file(path); file && file->path != kShell) return file_response(request, *file);
    const auto visit = parts_->pages.find(path, request.query);
    const bool wants_json = request.query.contains("json");
    if (visit && wants_json) return parts_->facts(request, *visit);
    if (wants_json) return json_response(404, {{"error", "there is no page at " + request.path.substr(0, 200)}});
    return file_response(request, *find_file(kShell), visit ? 200 : 404);
}

}  // namespace strata::explorer
