#include <strata/api/snapshot_http.hpp>

#include <charconv>

#include <strata/api/request_job.hpp>
#include <strata/chain/tipset.hpp>

namespace strata::api {
namespace {

Result<ChainEpoch> epoch_of(const std::string& name, const std::string& text) {
    ChainEpoch out = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
    if (read.ec == std::errc() && read.ptr == text.data() + text.size() && out >= 0) return out;
    return fail(Errc::invalid_argument, name + " is \"" + text + "\", expected a number of epochs that is 0 or more");
}

Status read_parameter(const std::string& name, const std::string& value, chain::SnapshotOptions& options,
                      std::optional<ChainEpoch>& epoch) {
    if (name == "format") {
        if (value == "v1")
            options.format = chain::SnapshotFormat::v1;
        else if (value == "v2")
            options.format = chain::SnapshotFormat::v2;
        else
            return fail(Errc::invalid_argument, "format is \"" + value + "\", expected v1 or v2");
    } else if (name == "recent_states") {
        STRATA_TRY(options.recent_states, epoch_of(name, value));
    } else if (name == "epoch") {
        STRATA_TRY(epoch, epoch_of(name, value));
    } else if (name != "token") {
        return fail(Errc::invalid_argument,
                    "the parameter " + name + " is unknown, expected format, recent_states or epoch");
    }
    return {};
}

/// An epoch may not exist; every other failure is one of this node, and may pass.
http::Response refuse(const Error& error) {
    const bool is_absent = error.code() == Errc::out_of_range || error.code() == Errc::not_found;
    return http::error_response(is_absent ? 404 : 503, error);
}

}  // namespace

http::Response serve_snapshot(const http::Request& request, Permissions permissions, Serving& serving) {
    if (request.method != "GET")
        return http::text_response(405, "the method is " + request.method + ", expected GET for a snapshot");
    if (!permissions.has(Permission::read))
        return http::text_response(403, "a snapshot needs the permission read, which this token does not give");
    chain::SnapshotOptions options{.max_memory = serving.exports.limits().memory};
    std::optional<ChainEpoch> epoch;
    for (const auto& [name, value] : request.query)
        if (const auto done = read_parameter(name, value, options, epoch); !done)
            return http::error_response(400, done.error());
    auto head = serving.chain.head();
    if (epoch) {
        auto found = serving.chain.tipset_at(*epoch, head, chain::NullRound::previous);
        if (!found) return refuse(found.error());
        head = std::move(*found);
    }
    auto place = serving.exports.take_place(permissions);
    if (!place) return refuse(place.error());
    auto body = serving.exports.stream(
        std::move(*place),
        [head, options](chain::ChainStore& store, const ByteSink& sink, const Watch& watch) -> Status {
            auto how = options;
            how.watch = watch;
            STRATA_OK(chain::export_snapshot(store, head, sink, how));
            return {};
        });
    return {200,
            {{"Content-Type", "application/vnd.ipld.car; version=1"},
             {"X-Strata-Height", std::to_string(head->height())},
             {"X-Strata-Head", head->key().to_string()}},
            http::Stream{.read = std::move(body), .length = {}}};
}

}  // namespace strata::api
