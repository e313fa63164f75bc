#include <strata/cli/keep_option.hpp>

#include <fmt/format.h>

#include <CLI/CLI.hpp>

namespace strata::cli {

void add_keep_option(CLI::App& verb, ChainEpoch& epochs) {
    verb.add_option_function<std::string>(
            "--keep-epochs",
            [&epochs](const std::string& text) {
                const auto read = chain::parse_keep_epochs(text);
                if (!read) throw CLI::ValidationError(read.error().message());
                epochs = *read;
            },
            fmt::format("how many of the newest tipsets keep their states on disk, at least {}; {}: nothing is removed",
                        chain::kLeastKeptEpochs, chain::kKeepAllEpochs))
        ->default_str(chain::keep_epochs_text(epochs));
}

}  // namespace strata::cli
