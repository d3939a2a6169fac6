// `picturescale`: what `videoscale` does for I420, at a quarter of its cost. GstVideoFilter does the rest.

#include <gst/video/gstvideofilter.h>
#include <gst/video/video.h>

#include "CPictureScaler.h"

typedef struct {
  GstVideoFilter parent;
  ExamPlaneScaler *scalers[GST_VIDEO_MAX_PLANES];
} ExamPictureScale;

typedef GstVideoFilterClass ExamPictureScaleClass;

G_DEFINE_TYPE(ExamPictureScale, exam_picture_scale, GST_TYPE_VIDEO_FILTER)

/// Any size, and any shape of pixels where one is given at all.
static GstCaps *transform_caps(GstBaseTransform *transform, GstPadDirection direction, GstCaps *caps, GstCaps *filter) {
  (void)transform;
  (void)direction;
  GstCaps *others = gst_caps_copy(caps);
  for (guint index = 0; index < gst_caps_get_size(others); index++) {
    GstStructure *structure = gst_caps_get_structure(others, index);
    gst_structure_set(
        structure, "width", GST_TYPE_INT_RANGE, 1, G_MAXINT, "height", GST_TYPE_INT_RANGE, 1, G_MAXINT, NULL);
    if (gst_structure_has_field(structure, "pixel-aspect-ratio")) {
      gst_structure_set(
          structure, "pixel-aspect-ratio", GST_TYPE_FRACTION_RANGE, 1, G_MAXINT, G_MAXINT, 1, NULL);
    }
  }
  if (filter != NULL) {
    GstCaps *both = gst_caps_intersect_full(filter, others, GST_CAPS_INTERSECT_FIRST);
    gst_caps_unref(others);
    others = both;
  }
  return others;
}

/// The least and the most that a field allows.
static void read_bounds(const GstStructure *structure, const char *field, double *least, double *most) {
  const GValue *value = gst_structure_get_value(structure, field);
  *least = 1;
  *most = G_MAXINT;
  if (value != NULL && G_VALUE_HOLDS_INT(value)) {
    *least = *most = g_value_get_int(value);
  } else if (value != NULL && GST_VALUE_HOLDS_INT_RANGE(value)) {
    *least = gst_value_get_int_range_min(value);
    *most = gst_value_get_int_range_max(value);
  }
}

/// The picture's own size, or the largest that fits, keeping its aspect ratio.
static GstCaps *fixate_caps(GstBaseTransform *transform, GstPadDirection direction, GstCaps *caps, GstCaps *others) {
  (void)transform;
  others = gst_caps_make_writable(gst_caps_truncate(others));
  GstStructure *to = gst_caps_get_structure(others, 0);
  GstVideoInfo from;
  if (direction == GST_PAD_SINK && gst_video_info_from_caps(&from, caps)) {
    if (gst_structure_has_field(to, "pixel-aspect-ratio")) {
      gst_structure_fixate_field_nearest_fraction(to, "pixel-aspect-ratio", from.par_n, from.par_d);
    }
    gint pixel_width = 1, pixel_height = 1;
    gst_structure_get_fraction(to, "pixel-aspect-ratio", &pixel_width, &pixel_height);
    const double width = (double)from.width * from.par_n * pixel_height / ((double)from.par_d * pixel_width);
    const double height = from.height;
    double least_width, most_width, least_height, most_height;
    read_bounds(to, "width", &least_width, &most_width);
    read_bounds(to, "height", &least_height, &most_height);
    double scale = MIN(1, MIN(most_width / width, most_height / height));
    scale = MAX(scale, MAX(least_width / width, least_height / height));
    gst_structure_fixate_field_nearest_int(to, "width", (gint)CLAMP(width * scale + 0.5, least_width, most_width));
    gst_structure_fixate_field_nearest_int(to, "height", (gint)CLAMP(height * scale + 0.5, least_height, most_height));
  }
  return gst_caps_fixate(others);
}

static void forget_scalers(ExamPictureScale *self) {
  for (guint plane = 0; plane < G_N_ELEMENTS(self->scalers); plane++) {
    g_clear_pointer(&self->scalers[plane], exam_plane_scaler_free);
  }
}

static gboolean set_info(
    GstVideoFilter *filter, GstCaps *from_caps, GstVideoInfo *from, GstCaps *to_caps, GstVideoInfo *to) {
  (void)from_caps;
  (void)to_caps;
  ExamPictureScale *self = (ExamPictureScale *)filter;
  forget_scalers(self);
  for (guint plane = 0; plane < GST_VIDEO_INFO_N_PLANES(from); plane++) {
    self->scalers[plane] = exam_plane_scaler_new(
        GST_VIDEO_INFO_COMP_WIDTH(from, plane), GST_VIDEO_INFO_COMP_HEIGHT(from, plane),
        GST_VIDEO_INFO_COMP_WIDTH(to, plane), GST_VIDEO_INFO_COMP_HEIGHT(to, plane));
  }
  return TRUE;
}

static GstFlowReturn transform_frame(GstVideoFilter *filter, GstVideoFrame *from, GstVideoFrame *to) {
  ExamPictureScale *self = (ExamPictureScale *)filter;
  // A buffer may disagree with the caps, and the scalers trust the sizes they were made for.
  if (GST_VIDEO_FRAME_WIDTH(from) != GST_VIDEO_INFO_WIDTH(&filter->in_info) ||
      GST_VIDEO_FRAME_HEIGHT(from) != GST_VIDEO_INFO_HEIGHT(&filter->in_info)) {
    return GST_FLOW_NOT_NEGOTIATED;
  }
  for (guint plane = 0; plane < GST_VIDEO_FRAME_N_PLANES(from); plane++) {
    exam_plane_scaler_run(
        self->scalers[plane], GST_VIDEO_FRAME_PLANE_DATA(from, plane), GST_VIDEO_FRAME_PLANE_STRIDE(from, plane),
        GST_VIDEO_FRAME_PLANE_DATA(to, plane), GST_VIDEO_FRAME_PLANE_STRIDE(to, plane));
  }
  return GST_FLOW_OK;
}

static void finalize(GObject *object) {
  forget_scalers((ExamPictureScale *)object);
  G_OBJECT_CLASS(exam_picture_scale_parent_class)->finalize(object);
}

static void exam_picture_scale_init(ExamPictureScale *self) { (void)self; }

static void exam_picture_scale_class_init(ExamPictureScaleClass *filter) {
  GstElementClass *element = GST_ELEMENT_CLASS(filter);
  GstBaseTransformClass *transform = GST_BASE_TRANSFORM_CLASS(filter);
  GstCaps *caps = gst_caps_from_string(GST_VIDEO_CAPS_MAKE("I420"));
  gst_element_class_add_pad_template(element, gst_pad_template_new("sink", GST_PAD_SINK, GST_PAD_ALWAYS, caps));
  gst_element_class_add_pad_template(element, gst_pad_template_new("src", GST_PAD_SRC, GST_PAD_ALWAYS, caps));
  gst_caps_unref(caps);
  gst_element_class_set_static_metadata(
      element, "Picture scaler", "Filter/Converter/Video/Scaler", "Scales I420, each pixel the mean of what it covers",
      "ExamMonitoring");
  G_OBJECT_CLASS(filter)->finalize = finalize;
  transform->transform_caps = transform_caps;
  transform->fixate_caps = fixate_caps;
  transform->passthrough_on_same_caps = TRUE;
  filter->set_info = set_info;
  filter->transform_frame = transform_frame;
}

bool exam_register_picture_scaler(void) {
  return gst_element_register(NULL, "picturescale", GST_RANK_NONE, exam_picture_scale_get_type());
}
