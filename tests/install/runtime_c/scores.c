/* scores RUN IMAGE: all outputs for one image, as JSON. In C99, with nothing but the C interface. */
#include <octavo/abi/runtime.h>

#include <stdio.h>
#include <stdlib.h>

static long read_file(const char* path, char** bytes) {
    FILE* file = fopen(path, "rb");
    long size = -1;
    if (!file) return -1;
    if (fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) > 0 && (*bytes = malloc((size_t)size)) != NULL) {
        rewind(file);
        if (fread(*bytes, 1, (size_t)size, file) != (size_t)size) size = -1;
    }
    fclose(file);
    return size;
}

int main(int argc, char** argv) {
    octavo_error error = {sizeof error, 0, ""};
    octavo_model* model = NULL;
    octavo_stream* stream = NULL;
    char* image = NULL;
    const long size = argc == 3 ? read_file(argv[2], &image) : -1;
    octavo_status status = size < 0;
    if (!status) status = octavo_model_load(argv[1], NULL, &model, &error);
    if (!status) status = octavo_stream_open(model, NULL, &stream, &error);
    if (!status) status = octavo_stream_set_image(stream, 0, image, (uint64_t)size, NULL, &error);
    if (!status) status = octavo_stream_run(stream, &error);
    if (!status) {
        int32_t count = 0;
        const octavo_tensor* output = &octavo_stream_outputs(stream, &count)[0].tensor;
        const int64_t values = output->shape[0] * output->strides[0];
        printf("{\"version\": \"%s\", \"scores\": [", octavo_runtime_version());
        for (int64_t i = 0; i < values; ++i) printf("%s%.9g", i ? ", " : "", (double)((const float*)output->data)[i]);
        printf("]}\n");
    } else {
        fprintf(stderr, "scores: %s\n", error.text);
    }
    octavo_stream_close(stream);
    octavo_model_free(model);
    free(image);
    return status;
}
